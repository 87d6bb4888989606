"""Yes or no: of one question by a button, of several matters as "1 yes 2 no"."""

from collections.abc import Generator, Mapping, Sequence

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Wants
from flows._engine.votes import OpenRound
from flows._engine.words import NO, OR, YES
from flows._papers.paper import Paper, abstain, heading, labels, marked, number, typed_abstention
from flows._texts.renditions import choices
from locales import _


def _fill_in(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, Mapping[str, bool] | None]:
    if len(opened.matters) == 1:
        return (yield from _answer_one(facts, opened))
    yes, no = _(YES).split(OR)[0], _(NO).split(OR)[0]
    how = (
        _("Send each number with your answer, for example: 1 {yes} 2 {no}", yes=yes, no=no),
        _("From what you leave out you abstain."),
    )
    sides = yield from marked(facts, opened, Wants.SIDES, how)
    return {matter: side == "yes" for matter, side in sides} or None


def _answer_one(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, Mapping[str, bool] | None]:
    (matter,) = choices(facts, opened.matters)
    # To translators: the answers to a question that is voted on. At most 20 letters each.
    offered = (Choice("yes", _("Yes, I agree to it")), Choice("no", _("No, I am against it")), abstain())
    answer = yield from choose(heading(facts, opened, (matter.label,)), offered, loosely=False)
    return {matter.value: answer == "yes"} if answer in ("yes", "no") else None


def _read_back(facts: Facts, opened: OpenRound, answers: Mapping[str, bool]) -> str:
    agreed, refused = ([matter for matter, is_yes in answers.items() if is_yes is side] for side in (True, False))
    left_out = {matter.value for matter in opened.matters} - set(answers)
    lines = (
        agreed and _("You say yes to: {matters}", matters=labels(facts, opened, agreed)),
        refused and _("You say no to: {matters}", matters=labels(facts, opened, refused)),
        left_out and _("You abstain from: {matters}", matters=labels(facts, opened, left_out)),
    )
    return "\n".join(line for line in lines if line)


def _typed(matters: Sequence[str], answers: Mapping[str, bool] | None) -> Sequence[str]:
    """ "Yes" and "no" are words: these are understood in every language."""
    if len(matters) == 1:
        return ("3" if answers is None else "1" if answers[matters[0]] else "2",)
    if answers is None:
        return typed_abstention(matters)
    return (" ".join(f"{number(matters, m)} {'yes' if is_yes else 'no'}" for m, is_yes in answers.items()),)


PAPER = Paper(_fill_in, _read_back, _typed)
