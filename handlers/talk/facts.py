"""Looking up what only some conversations read."""

import secrets

from msgspec.structs import replace

import flows
from handlers.talk.deciding import wanted
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.writing import contents
from storage import Session, answers, contributions, fresh, rounds
from storage.states import ResponseState

CODES = range(100_000, 1_000_000)
"""Numbers that may have to come back: never "000000", which leads back. One is guessed once in 300,000 talks, and
whoever has the phone sees each of them."""

LINKING_CODES = range(10_000_000, 100_000_000)
"""Eight digits, which every phone can show and type, whatever its alphabet, and which no choice has."""


async def complete(session: Session, visit: Visit, needs: frozenset[str], held: str = "") -> flows.Kept:
    """What a flow may know about this person: with what it says that it needs, and no more."""
    known = visit.facts()
    if "round" in needs:
        known = replace(known, round=await _round(session, visit))
    if "own_contributions" in needs:
        known = replace(known, own_contributions=await _given(session, visit))
    if "answered" in needs:
        known = replace(known, answered=await _answered(session, visit))
    if "contribution" in needs:
        known = replace(known, contribution=fresh())
    if "code" in needs and visit.place.content.proves(visit.kind):
        known = replace(known, code=str(secrets.choice(CODES)))
    if "wanted" in needs:
        known = replace(known, wanted=wanted(visit.message, visit.surroundings.reserved_words, visit.consented))
    if held:
        known = replace(known, held=held)
    return flows.only(_to_link(visit, needs, known), needs)


def _to_link(visit: Visit, needs: frozenset[str], known: flows.Kept) -> flows.Kept:
    if "linking_code" in needs:
        known = replace(known, linking_code=str(secrets.choice(LINKING_CODES)))
    if "link" in needs:
        known = replace(known, link=visit.link)
    return known


async def _round(session: Session, visit: Visit) -> flows.OpenRound | None:
    """The one that still waits for this person's vote and closes first; else the first whose vote can be changed."""
    facing = await rounds.facing(session, visit.board.process, visit.person, visit.now)
    if not facing:
        return None
    first = min(facing, key=lambda round_: (round_.voted, round_.closes, round_.round))
    content = contents.unpack(first.content, contents.Round)
    visit.room = BALLOT_ROOM
    return flows.OpenRound(
        id=first.round,
        title=content.title,
        matters=tuple(flows.Option(matter.value, matter.label) for matter in content.matters),
        closes=first.closes.date(),
        voted=first.voted,
        rule=content.rule,
        explained=tuple(matter.value for matter in content.matters if matter.about),
        ballot=await rounds.ballot_of(session, visit.key, first.round) if first.voted else "",
    )


async def _answered(session: Session, visit: Visit) -> tuple[str, ...]:
    """Who has answered everything answers everything anew."""
    consultation = visit.board.consultation
    if consultation is None:
        return ()
    answered = await answers.answered_by(session, consultation.id, visit.person)
    keys = tuple(question.key for question in consultation.questions if question.key in answered)
    return keys if len(keys) < len(consultation.questions) else ()


async def _given(session: Session, visit: Visit) -> tuple[flows.OwnContribution, ...]:
    return tuple(
        flows.OwnContribution(
            day=contribution.day,
            topic=contribution.topic,
            consultation=None
            if contribution.consultation is None
            else contents.unpack(contribution.consultation, contents.Consultation).title,
            state=contribution.state or ResponseState.RECEIVED,
            reason=None if contribution.reason is None else contents.unpack(contribution.reason, dict[str, str]),
        )
        for contribution in await contributions.given_by(session, visit.board.process, [visit.person])
    )
