"""A member's ballot."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import council
from channels.messages import Choice
from flows._engine.asking import choose_several, proves
from flows._engine.effects import Voted
from flows._engine.facts import Facts, OpenRound
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._texts.renditions import choices, written
from locales import N_, _, in_words, ngettext

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("vote"),)
needs = ("round", "code")

NONE_OF_THESE = "none_of_these"


def talk(facts: Facts) -> Talk:
    if facts.round is None:
        yield Say(_("There is no vote open for you now."))
        return
    rule = council.rules()[facts.round.rule]
    paper = PAPERS[rule.kind]
    ballot = yield from paper.fill_in(facts, facts.round)
    if not (yield from proves(facts)):
        yield Say(_("Nothing was changed."))
        return
    yield Voted(facts.round.id, rule.packed(ballot))
    yield Say(paper.read_back(facts, facts.round, ballot))
    yield Say(_("We have your vote. You can change it until {day}.", day=in_words(facts.round.closes)))


@dataclass(frozen=True, slots=True)
class Paper:
    """How people fill in one kind of ballot, and how it is read back to them."""

    fill_in: Callable[[Facts, OpenRound], Generator[Ask, Answer, Any]]
    read_back: Callable[[Facts, OpenRound, Any], str]


def _approve(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, frozenset[str]]:
    offered = (*choices(facts, opened.matters), Choice(NONE_OF_THESE, _("None of these")))
    chosen = yield from choose_several(_ballot(facts, opened), offered)
    while NONE_OF_THESE in chosen and len(chosen) > 1:
        again = _("You chose some of them and also none of them. Please choose again.")
        chosen = yield from choose_several(again, offered)
    return frozenset(chosen) - {NONE_OF_THESE}


def _ballot(facts: Facts, opened: OpenRound) -> str:
    day = in_words(opened.closes)
    said = (
        written(facts, opened.title, (matter.label for matter in opened.matters)),
        _(facts.carrier.sees_votes),
        _("You can change your vote until {day}. Only the last one counts.", day=day)
        if not opened.voted
        else _("You have voted. You can still change it until {day}. Only the last one counts.", day=day),
        _("Which of these do you approve? Send one number or several, for example 1 3."),
    )
    return "\n".join(said)


def _approval(facts: Facts, opened: OpenRound, approved: frozenset[str]) -> str:
    if not approved:
        return _("You approve none of them.")
    counted = ngettext("You approve {number} of them:", "You approve {number} of them:", len(approved))
    matters = (matter.label for matter in choices(facts, opened.matters) if matter.value in approved)
    return "\n".join((counted, *matters))


PAPERS: Mapping[council.BallotKind[Any], Paper] = {
    council.APPROVALS: Paper(_approve, _approval),
}
