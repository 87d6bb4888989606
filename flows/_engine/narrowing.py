"""Few of many choices, for somebody who was not understood: the nearest to what they wrote, or else the first."""

from collections.abc import Sequence

from msgspec.structs import replace

from channels.messages import Choice
from flows._engine import nearness
from flows._engine.reading import LONGEST_CHOICE
from flows._engine.talks import Ask, Wants
from locales import _

FEW = 3
ALL = "all_choices"
"""The value of the choice that leads to all of them again."""


def fewer(question: Ask, text: str) -> Ask:
    """The question with few of its choices and a way to all of them.

    It stays as it is where it has few, and where only the very choice counts: nobody is led to agree.
    """
    if question.wants is not Wants.ONE or not question.loosely or len(question.choices) <= FEW + 1:
        return question
    meant = [choice for choice in question.choices if choice.value not in question.exactly]
    few = nearness.nearest(meant, text[:LONGEST_CHOICE]) or tuple(choice.value for choice in meant)
    return narrowed(question, (*few[:FEW], ALL))


def narrowed(question: Ask, offered: Sequence[str] | None) -> Ask:
    """The question as it was shown with these choices: with few of its own if `ALL` is among them.

    A label that is not shown can be typed. What the organizer has changed since is asked anew, with all choices.
    """
    if offered is None or ALL not in offered or ALL in question.offered:
        return question
    choices = {choice.value: choice for choice in question.choices}
    if not {*offered} <= {*choices, ALL}:
        return question
    few = tuple(choices.pop(value) for value in offered if value != ALL)
    # To translators: leads from a few choices back to all of them. At most 20 letters.
    way_back = Choice(ALL, _("Show all choices"))
    return replace(question, choices=(*few, way_back), unseen=(*question.unseen, *choices.values()))
