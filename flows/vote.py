"""A member's ballot."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import council
from channels.messages import Choice
from flows._engine.asking import agrees, choose, proves
from flows._engine.effects import Effect, Remarked, Switched, Voted
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Step, Talk
from flows._engine.votes import OpenRound
from flows._engine.words import to_send
from flows._papers import PAPERS, read_back
from flows._papers.approvals import NONE_OF_THESE
from flows._papers.paper import ABSTAIN, purse, sooner
from flows._texts.renditions import choices, written
from flows.ask import THANKS, put
from locales import N_, _, in_words

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("vote"),)
label = N_("Vote")
needs = ("round", "code")
edition = 3

TRIES = 2
"""How often a ballot is asked for in one talk: what was found wrong stays among its answers."""
RESERVED = (NONE_OF_THESE, ABSTAIN)
"""The values of the choices of ours that stand beside what is voted on."""
VOTE, READ, ASK, KEEP = "vote", "read", "ask", "keep"


@dataclass(frozen=True, slots=True)
class ReadUp(Effect):
    """The person wants to read what stands behind one matter of a round."""

    round: str
    matter: str
    piece: int = 0
    """Of what does not fit into one message: which piece of it, from 0."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.votes else ""


def talk(facts: Facts) -> Talk:
    if facts.round is None:
        yield Say(_("There is no vote open for you now."))
        return
    rule = council.every_rule()[facts.round.rule]
    if facts.round.ballot:
        yield Say(read_back(facts, facts.round, rule.unpacked(facts.round.ballot)))
    wish = yield from _wish(facts, facts.round)
    if wish == READ:
        yield Switched("vote")
        return
    if wish == KEEP:
        yield Say(_("Your vote stays as it is."))
        return
    packed = yield from _filled_in(facts, facts.round, rule)
    if not packed:
        yield Say(_("We did not count this. To choose again, send {word}.", word=to_send(words[0])))
        return
    if not (yield from proves(facts)):
        yield Say(_("Nothing was changed."))
        return
    yield Voted(facts.round.id, packed)
    day = in_words(facts.round.closes)
    yield Say(" ".join((_("We have your vote. You can change it until {day}.", day=day), *sooner(facts.round))))
    yield Say(
        _(
            "To ask the organizers something about it, send {ask}. To say why you vote so, send {reasons}.",
            ask=to_send("ask"),
            reasons=to_send("reasons"),
        )
    )


def _filled_in(facts: Facts, opened: OpenRound, rule: council.Rule) -> Generator[Step, Answer, str]:
    """The ballot as it is packed, once it was read back and found right; "" where it was not."""
    for _try in range(TRIES):
        ballot = yield from PAPERS[rule.kind].fill_in(facts, opened)
        text = "\n".join((read_back(facts, opened, ballot), _("Is this right? It counts only when you say yes.")))
        # To translators: on buttons below a ballot that is read back. At most 20 letters each.
        if (yield from agrees(text, _("Yes, count it"), _("No, choose again"))):
            return rule.packed(ballot)
    return ""


def _wish(facts: Facts, opened: OpenRound) -> Generator[Step, Answer, str]:
    """Nobody is asked before the ballot who has not voted and has nothing to read.

    Each matter is read once, and one question is asked. `READ`: they have read something long, and begin anew, for no
    talk keeps both: it would be longer than others, and a ballot could be told from its length.
    """
    unread, may_ask = opened.explained, True
    while opened.voted or unread:
        wish = yield from choose(_before_ballot(facts, opened), _wishes(opened, unread, may_ask=may_ask))
        if wish == ASK:
            question: Remarked | None = yield from put(facts, opened)
            if question is not None:
                yield question
                yield Say(_(THANKS))
            may_ask = False
            continue
        if wish != READ:
            return wish
        matter = yield from _which(facts, opened, unread)
        yield ReadUp(opened.id, matter)
        if pieces := opened.pieces.get(matter):
            yield from _read_on(opened, matter, pieces)
            return READ
        unread = tuple(other for other in unread if other != matter)
    return VOTE


def _read_on(opened: OpenRound, matter: str, pieces: int) -> Talk:
    """Piece by piece: by SMS each costs."""
    for piece in range(1, pieces):
        question = _("This was piece {number} of {all}. Do you want to read on?", number=piece, all=pieces)
        # To translators: on buttons below a piece of a long text. At most 20 letters each.
        if not (yield from agrees(question, _("Yes, read on"), _("No, that is enough"))):
            return
        yield ReadUp(opened.id, matter, piece)


def _before_ballot(facts: Facts, opened: OpenRound) -> str:
    day = in_words(opened.closes)
    what = (
        _("You have voted. You can still change it until {day}. Only the last one counts.", day=day)
        if opened.voted
        else _("You can vote until {day}. Do you want to read more first?", day=day)
    )
    return "\n".join((written(facts, opened.title), *purse(opened), " ".join((what, *sooner(opened)))))


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
