"""A member's ballot."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import council
from channels.messages import Choice
from flows._engine.asking import choose, choose_several, proves
from flows._engine.effects import Effect, Voted
from flows._engine.facts import Facts, OpenRound
from flows._engine.talks import Answer, Ask, Say, Step, Talk
from flows._engine.words import to_send
from flows._texts.renditions import choices, written
from flows.ask import asks
from locales import N_, _, in_words, ngettext

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("vote"),)
label = N_("Vote")
needs = ("round", "code")
edition = 2

NONE_OF_THESE = "none_of_these"
VOTE, READ, ASK, KEEP = "vote", "read", "ask", "keep"


@dataclass(frozen=True, slots=True)
class ReadUp(Effect):
    """The person wants to read what stands behind one matter of a round."""

    round: str
    matter: str


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.votes else ""


def talk(facts: Facts) -> Talk:
    if facts.round is None:
        yield Say(_("There is no vote open for you now."))
        return
    rule = council.every_rule()[facts.round.rule]
    paper = PAPERS[rule.kind]
    if facts.round.ballot:
        yield Say(paper.read_back(facts, facts.round, rule.unpacked(facts.round.ballot)))
    if not (yield from _wants_to_vote(facts, facts.round)):
        yield Say(_("Your vote stays as it is."))
        return
    ballot = yield from paper.fill_in(facts, facts.round)
    if not (yield from proves(facts)):
        yield Say(_("Nothing was changed."))
        return
    yield Voted(facts.round.id, rule.packed(ballot))
    yield Say(paper.read_back(facts, facts.round, ballot))
    yield Say(_("We have your vote. You can change it until {day}.", day=in_words(facts.round.closes)))
    yield Say(
        _(
            "To ask the organizers something about it, send {ask}. To say why you vote so, send {reasons}.",
            ask=to_send("ask"),
            reasons=to_send("reasons"),
        )
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """How people fill in one kind of ballot, and how it is read back to them."""

    fill_in: Callable[[Facts, OpenRound], Generator[Ask, Answer, Any]]
    read_back: Callable[[Facts, OpenRound, Any], str]


def _wants_to_vote(facts: Facts, opened: OpenRound) -> Generator[Step, Answer, bool]:
    """Nobody is asked before the ballot who has not voted and has nothing to read.

    Each matter is read once, and one question is asked.
    """
    unread, may_ask = opened.explained, True
    while opened.voted or unread:
        wish = yield from choose(_before_ballot(facts, opened), _wishes(opened, unread, may_ask=may_ask))
        if wish == ASK:
            yield from asks(facts, opened)
            may_ask = False
            continue
        if wish != READ:
            return wish == VOTE
        matter = yield from _which(facts, opened, unread)
        yield ReadUp(opened.id, matter)
        unread = tuple(other for other in unread if other != matter)
    return True


def _before_ballot(facts: Facts, opened: OpenRound) -> str:
    day = in_words(opened.closes)
    what = (
        _("You have voted. You can still change it until {day}. Only the last one counts.", day=day)
        if opened.voted
        else _("You can vote until {day}. Do you want to read more first?", day=day)
    )
    return f"{written(facts, opened.title)}\n{what}"


def _wishes(opened: OpenRound, unread: Sequence[str], *, may_ask: bool) -> Iterator[Choice]:
    yield Choice(VOTE, _("Change my vote") if opened.voted else _("Vote now"))
    if unread:
        yield Choice(READ, _("Read more"))
    if opened.voted:
        yield Choice(KEEP, _("Keep my vote"))
    if may_ask:
        yield Choice(ASK, _("Ask a question"))


def _which(facts: Facts, opened: OpenRound, unread: Sequence[str]) -> Generator[Ask, Answer, str]:
    if len(unread) == 1:
        return unread[0]
    offered = (matter for matter in choices(facts, opened.matters) if matter.value in unread)
    return (yield from choose(_("About which one?"), offered))


def _approve(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, frozenset[str]]:
    offered = (*choices(facts, opened.matters), Choice(NONE_OF_THESE, _("None of these")))
    chosen = yield from choose_several(_ballot(facts, opened), offered)
    while NONE_OF_THESE in chosen and len(chosen) > 1:
        again = _("You chose some of them and also none of them. Please choose again.")
        chosen = yield from choose_several(again, offered)
    return frozenset(chosen) - {NONE_OF_THESE}


def _ballot(facts: Facts, opened: OpenRound) -> str:
    day = in_words(opened.closes)
    sentences = (
        written(facts, opened.title, (matter.label for matter in opened.matters)),
        _(facts.carrier.sees_votes),
        _("You can change your vote until {day}. Only the last one counts.", day=day),
        _("Which of these do you approve? Send one number or several, for example 1 3."),
    )
    return "\n".join(sentences)


def _approval(facts: Facts, opened: OpenRound, approved: frozenset[str]) -> str:
    if not approved:
        return _("You approve none of them.")
    counted = ngettext("You approve {number} of them:", "You approve {number} of them:", len(approved))
    matters = (matter.label for matter in choices(facts, opened.matters) if matter.value in approved)
    return "\n".join((counted, *matters))


PAPERS: Mapping[council.BallotKind[Any], Paper] = {
    council.APPROVALS: Paper(_approve, _approval),
}
