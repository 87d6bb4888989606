"""What became of what a person gave, without their words."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.contributions import OwnContribution
from flows._engine.effects import Allowed, Effect
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.lists import Entry, listed
from flows._texts.objectives import topic_label
from flows._texts.renditions import named
from flows._texts.states import STATES
from locales import N_, _, in_words

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("status"),)
label = N_("See what was done")
needs = ("own_contributions",)
edition = 2

AT_ONCE = 3
MORE = "more"


@dataclass(frozen=True, slots=True)
class LookedBack(Effect):
    """The person wants to read what became of something that they gave, from the beginning."""

    contribution: str


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.gave else ""


def talk(facts: Facts) -> Talk:
    contributions = sorted(facts.own_contributions, key=lambda contribution: contribution.day, reverse=True)
    if not contributions:
        share = to_send("share")
        yield Say(_("You have not told us anything yet. Send {share} to tell us what should change.", share=share))
        return
    contribution = yield from _which(facts, contributions)
    yield LookedBack(contribution.name)
    if not contribution.quotable or not facts.takes_part:
        return
    if (yield from _takes_it_back()):
        yield Allowed(contribution.name, quotable=False)
        yield Say(_("From now on others do not read it. What was already published stays, without your name."))
    else:
        yield Say(_("Nothing was changed."))


def _takes_it_back() -> Generator[Ask, Answer, bool]:
    # To translators: the labels have at most 20 letters. "Quote it" is what somebody chose when they agreed to this.
    stop, go_on = Choice("unquote", _("Do not quote it")), Choice("keep", _("Leave it so"))
    question = _("You let others read your words, without your name.")
    return (yield from choose(question, (stop, go_on), exactly=("unquote",))) == "unquote"


def _which(facts: Facts, contributions: Sequence[OwnContribution]) -> Generator[Ask, Answer, OwnContribution]:
    """Few at once: by SMS each line costs."""
    if len(contributions) == 1:
        return contributions[0]
    shown = contributions[:AT_ONCE] if len(contributions) > AT_ONCE + 1 else contributions
    entries = [Entry(str(number), _about(facts, it), _line(facts, it)) for number, it in enumerate(shown)]
    text, offered = listed(facts, entries, _("About which one do you want to know more?"))
    if len(shown) < len(contributions):
        # To translators: leads to the rest of a list. At most 20 letters.
        offered = (*offered, Choice(MORE, _("Show more")))
    answer = yield from choose(text, offered)
    if answer == MORE:
        return (yield from _which(facts, contributions[len(shown) :]))
    return contributions[int(answer)]


def _line(facts: Facts, contribution: OwnContribution) -> str:
    # To translators: for example "May 1, 2026, Legal ways to move: It was taken up."
    return _(
        "{day}, {topic}: {state}",
        day=in_words(contribution.day),
        topic=_about(facts, contribution),
        state=_(STATES[contribution.state]),
    )


def _about(facts: Facts, contribution: OwnContribution) -> str:
    title = contribution.consultation or contribution.matter
    if title:
        return named(facts, title)
    # To translators: stands for its topic where a person named none: "May 1, 2026, what you told us: It was taken up."
    return topic_label(contribution.topic) if contribution.topic else _("what you told us")
