"""Looking up what only some conversations read."""

import dataclasses
import secrets
from collections.abc import Mapping

from msgspec.structs import replace

import flows
from handlers.councils import option
from handlers.talk import asking, concerns, own_votes, passages
from handlers.talk.deciding import wanted
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.writing import contents, sums
from storage import Keyring, Session, answers, ballots, contributions, councils, fresh, remarks, rounds, standings
from storage.states import ResponseState

CODES = range(100_000, 1_000_000)
"""Numbers that may have to come back: never "000000", which leads back. One is guessed once in 300,000 talks, and
whoever has the phone sees each of them."""

LINKING_CODES = range(10_000_000, 100_000_000)
"""Eight digits, which every phone can show and type, whatever its alphabet, and which no choice has."""


async def complete(session: Session, keys: Keyring, visit: Visit, needs: frozenset[str], held: str = "") -> flows.Kept:
    """What a flow may know about this person: with what it says that it needs, and no more."""
    known = await _of_votes(session, keys, visit, needs)
    if "own_contributions" in needs:
        known = replace(known, own_contributions=await _given(session, visit))
    if "answered" in needs:
        known = replace(known, answered=await _answered(session, visit))
    if "contribution" in needs:
        known = replace(known, contribution=fresh())
    known = await _of_matters(session, visit, needs, known)
    known = await _of_councils(session, visit, needs, known)
    if "code" in needs and visit.place.content.proves(visit.kind):
        known = replace(known, code=str(secrets.choice(CODES)))
    if "wanted" in needs:
        known = replace(known, wanted=wanted(visit.message, visit.surroundings.reserved_words, visit.consented))
    if held:
        known = replace(known, held=held)
    return flows.only(_to_link(visit, needs, known), needs)


async def _of_councils(session: Session, visit: Visit, needs: frozenset[str], known: flows.Kept) -> flows.Kept:
    if "councils" in needs:
        sitting = await councils.of_person(session, visit.board.process, visit.person)
        known = replace(known, councils=tuple(map(option, sitting)))
    if "calls" in needs:
        known = replace(known, calls=await concerns.calls(session, visit))
    return known


async def _of_votes(session: Session, keys: Keyring, visit: Visit, needs: frozenset[str]) -> flows.Kept:
    known = visit.facts()
    if "round" in needs:
        known = replace(known, round=await _round(session, keys, visit))
    if "own_ballots" in needs:
        own, past = await own_votes.own_ballots(session, keys, visit), await own_votes.past_rounds(session, visit)
        known = replace(known, own_ballots=own, past_rounds=past)
    return known


def _to_link(visit: Visit, needs: frozenset[str], known: flows.Kept) -> flows.Kept:
    if "linking_code" in needs:
        known = replace(known, linking_code=str(secrets.choice(LINKING_CODES)))
    if "link" in needs:
        known = replace(known, link=visit.link)
    return known


async def _round(session: Session, keys: Keyring, visit: Visit) -> flows.OpenRound | None:
    """The one that still waits for this person's vote and closes first; else the first whose vote can be changed."""
    facing = await rounds.facing(session, visit.board.process, visit.person, visit.now)
    if not facing:
        return None
    first = min(facing, key=lambda round_: (round_.voted, round_.closes, round_.round))
    content = contents.unpack(first.content, contents.Round)
    told_of = await remarks.with_remarks(session, first.round)
    visit.room = BALLOT_ROOM
    own = await ballots.ballot_of(session, keys, visit.person, first.round) if first.voted else None
    if own is not None:
        visit.told_ballots.add(first.round)
    return flows.OpenRound(
        id=first.round,
        title=content.title,
        matters=sums.options(content),
        closes=first.closes.date(),
        voted=first.voted,
        rule=content.rule,
        terms=dataclasses.replace(content.terms, costs={}),
        currency=content.currency,
        ends_sooner=first.power is not None,
        explained=tuple(
            it.value for it in content.matters if it.about or it.part or "" in told_of or it.value in told_of
        ),
        pieces=await _pieces(session, visit, first.round, content),
        ballot="" if own is None else own.filled_in,
    )


async def _pieces(session: Session, visit: Visit, round_id: str, content: contents.Round) -> Mapping[str, int]:
    """In how many messages each part of a text is read that does not fit into one."""
    if not any(matter.part for matter in content.matters):
        return {}
    parts = await standings.parts(session, round_id)
    words = {option: contents.unpack(part.words, dict[str, str]) for option, part in parts.items()}
    pieces = {option: len(passages.cut(visit, its)) for option, its in words.items()}
    return {option: number for option, number in pieces.items() if number > 1}


async def _answered(session: Session, visit: Visit) -> tuple[str, ...]:
    """Who has answered everything answers everything anew."""
    consultation = visit.board.consultation
    if consultation is None:
        return ()
    answered = await answers.answered_by(session, consultation.id, visit.person)
    keys = tuple(question.key for question in consultation.questions if question.key in answered)
    return keys if len(keys) < len(consultation.questions) else ()


async def _of_matters(session: Session, visit: Visit, needs: frozenset[str], known: flows.Kept) -> flows.Kept:
    if "matters" in needs:
        known = await _of_others(session, visit, known)
    if "response" in needs:
        known = replace(known, response=await concerns.rated(session, visit))
    if "inquiry" in needs:
        known = replace(known, inquiry=await concerns.inquiry(session, visit))
    if "sounding" in needs:
        known = replace(known, sounding=await asking.sounding(session, visit))
    if "texts" in needs:
        known = replace(known, texts=(among := await passages.titles(session, visit)))
        known = replace(known, opened=await passages.opened(session, visit, among))
    return known


async def _of_others(session: Session, visit: Visit, known: flows.Kept) -> flows.Kept:
    """Where all is of one topic there is nothing to choose between."""
    topics = await concerns.topics(session, visit)
    topic = topics[0] if len(topics) == 1 else visit.topic
    matters = await concerns.matters(session, visit, topic) if topic in topics else ()
    return replace(known, topics=topics, topic=topic if topic in topics else "", matters=matters)


async def _given(session: Session, visit: Visit) -> tuple[flows.OwnContribution, ...]:
    return tuple(
        flows.OwnContribution(
            day=contribution.day,
            topic=contribution.topic,
            consultation=None
            if contribution.consultation is None
            else contents.unpack(contribution.consultation, contents.Consultation).title,
            state=contribution.state or ResponseState.RECEIVED,
            name=contribution.name,
            matter=None if contribution.matter is None else contents.unpack(contribution.matter, dict[str, str]),
            has_words=contribution.has_words,
            quotable=contribution.quotable,
        )
        for contribution in await contributions.given_by(session, visit.board.process, [visit.person])
    )
