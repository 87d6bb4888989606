"""Candidates: who put themselves forward for a council, and how far they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, insert, or_, select, update

from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey
from storage.states import CandidateState, ProcessState, SeatKind
from storage.tables import candidate, council, member_call, membership, person, process, seat, sits


@dataclass(frozen=True, slots=True)
class Facing:
    """A call as one person meets it."""

    call: str
    council: str
    content: str = field(repr=False)
    council_content: str = field(repr=False)
    closes: datetime
    is_open: bool
    """People can still put themselves forward."""
    state: CandidateState | None
    """None: they have not put themselves forward."""
    answer_by: datetime | None


async def facing(session: Session, process_id: str, person_id: str, now: datetime) -> Sequence[Facing]:
    """The calls that are open, and those in which this person stands, the newest first."""
    is_open = (member_call.c.closed.is_(None)) & (member_call.c.closes > now)
    rows = await session.execute(
        select(
            member_call.c.id,
            member_call.c.council_id,
            member_call.c.content,
            council.c.content,
            member_call.c.closes,
            is_open,
            candidate.c.state,
            candidate.c.answer_by,
        )
        .join(council, council.c.id == member_call.c.council_id)
        .outerjoin(candidate, (candidate.c.call_id == member_call.c.id) & (candidate.c.person_id == person_id))
        .where(
            member_call.c.process_id == process_id,
            council.c.dissolved.is_(None),
            or_(is_open, candidate.c.id.is_not(None)),
        )
        .order_by(member_call.c.opened.desc(), member_call.c.id)
    )
    return [_facing(row) for row in rows]


def _facing(row: Any) -> Facing:
    values = [*row]
    values[5], values[6] = bool(row[5]), None if row[6] is None else CandidateState(row[6])
    return Facing(*values)


async def stand(
    session: Session, key: PersonKey, process_id: str, call_id: str, facts: Mapping[str, str], now: datetime
) -> bool:
    """Put a person forward, or again with other facts. False when it is too late, or they are drawn already."""
    still = select(member_call.c.id).where(
        member_call.c.process_id == process_id,
        member_call.c.id == call_id,
        member_call.c.closed.is_(None),
        member_call.c.closes > now,
    )
    if (await session.execute(still.with_for_update(read=True))).one_or_none() is None:
        return False
    theirs = (candidate.c.process_id == process_id, candidate.c.call_id == call_id)
    known = select(candidate.c.state).where(*theirs, candidate.c.person_id == key.person)
    if (await session.execute(known)).one_or_none() is not None:
        return False
    name = fresh()
    values = {
        "id": name,
        "process_id": process_id,
        "call_id": call_id,
        "person_id": key.person,
        "facts": key.seal(msgspec.json.encode(dict(facts)).decode(), candidate.c.facts, name),
        "stood": now.date(),
        "state": CandidateState.STANDING,
    }
    await session.execute(insert(candidate).values(values))
    return True


async def withdraw(session: Session, process_id: str, person_id: str, call_id: str | None = None) -> int:
    """Nothing is left of their standing for this call, or for any of the process; gives for how many they stood."""
    theirs = [candidate.c.process_id == process_id, candidate.c.person_id == person_id]
    if call_id is not None:
        theirs.append(candidate.c.call_id == call_id)
    return (await session.execute(delete(candidate).where(*theirs))).rowcount


async def forget_all(session: Session, process_id: str, now: datetime) -> None:
    """The process is over: nothing is left of who stood for its councils, and no call of it is open."""
    await session.execute(delete(candidate).where(candidate.c.process_id == process_id))
    calls = (member_call.c.process_id == process_id, member_call.c.closed.is_(None))
    await session.execute(update(member_call).where(*calls).values(closed=now))


async def forget_of_council(session: Session, process_id: str, council_id: str) -> None:
    """Nothing is left of who stood for this council."""
    calls = select(member_call.c.id).where(
        member_call.c.process_id == process_id, member_call.c.council_id == council_id
    )
    theirs = (candidate.c.process_id == process_id, candidate.c.call_id.in_(calls))
    await session.execute(delete(candidate).where(*theirs))


class PoolCandidate(NamedTuple):
    """Somebody in the pool of a draw, by a name that tells nothing."""

    id: str
    facts: Mapping[str, str]
    """By fact, which of its values. What they would rather not say is missing."""


async def pool(
    session: Session, keys: Keyring, process_id: str, council_id: str, rests_after: date | None = None
) -> Sequence[PoolCandidate]:
    """Who stands for this council and can be drawn: not who sits there, nor who left a seat of it after that day."""
    seats = select(seat.c.id).where(seat.c.process_id == process_id, seat.c.council_id == council_id)
    sat_out = [sits] if rests_after is None else [or_(sits, membership.c.ended > rests_after)]
    sitting = select(membership.c.person_id).where(
        membership.c.process_id == process_id, membership.c.seat_id.in_(seats), *sat_out
    )
    calls = select(member_call.c.id).where(
        member_call.c.process_id == process_id, member_call.c.council_id == council_id
    )
    rows = await session.execute(
        select(candidate.c.id, candidate.c.facts, person.c.id, person.c.key, person.c.key_epoch)
        .join(person, person.c.id == candidate.c.person_id)
        .where(
            candidate.c.process_id == process_id,
            candidate.c.call_id.in_(calls),
            candidate.c.state == CandidateState.STANDING,
            candidate.c.person_id.not_in(sitting),
        )
        .order_by(candidate.c.id)
    )
    # Who stands in two calls of the council is in the pool once.
    by_person = {row[2]: row for row in rows}
    return sorted(PoolCandidate(row[0], _facts(keys, row)) for row in by_person.values())


def _facts(keys: Keyring, row: Any) -> Mapping[str, str]:
    name, facts, who, key, epoch = row
    text = keys.unwrap(who, key, epoch).open(facts, candidate.c.facts, name)
    return msgspec.json.decode(text, type=dict[str, str])


class Stands(NamedTuple):
    """A candidate of a call, as a draw leads to them."""

    id: str
    person: str
    state: CandidateState
    seat: str | None
    place: int | None
    answer_by: datetime | None


async def of_call(session: Session, process_id: str, call_id: str) -> Sequence[Stands]:
    """The candidates of a call, in the order of their ids."""
    return await _stands(session, process_id, call_id, None)


async def of_person(session: Session, process_id: str, call_id: str, person_id: str) -> Stands | None:
    found = await _stands(session, process_id, call_id, person_id)
    return found[0] if found else None


async def move(
    session: Session,
    process_id: str,
    candidate_id: str,
    state: CandidateState,
    *,
    seat_id: str | None = None,
    place: int | None = None,
    answer_by: datetime | None = None,
) -> None:
    """How far a candidate is from now on."""
    its = (candidate.c.process_id == process_id, candidate.c.id == candidate_id)
    values = {"state": state, "seat_id": seat_id, "place": place, "answer_by": answer_by}
    await session.execute(update(candidate).where(*its).values(values))


async def offered(session: Session, process_id: str, council_id: str) -> Sequence[str]:
    """The seats of this council that wait for somebody's answer."""
    found = (
        select(candidate.c.seat_id)
        .join(seat, seat.c.id == candidate.c.seat_id)
        .where(
            candidate.c.process_id == process_id,
            seat.c.council_id == council_id,
            candidate.c.state == CandidateState.OFFERED,
        )
    )
    return list((await session.execute(found)).scalars())


class Due(NamedTuple):
    """A seat that was offered, and not taken in time."""

    process: str
    call: str
    candidate: str


async def late(session: Session, now: datetime, most: int) -> Sequence[Due]:
    """The offers of all processes that nobody answered in time."""
    rows = await session.execute(
        select(candidate.c.process_id, candidate.c.call_id, candidate.c.id)
        .where(candidate.c.state == CandidateState.OFFERED, candidate.c.answer_by <= now)
        .order_by(candidate.c.answer_by, candidate.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [Due(*row) for row in rows]


class Vacancy(NamedTuple):
    """A drawn seat that is vacant and offered to nobody, while somebody waits to follow."""

    process: str
    council: str
    call: str


async def to_follow(session: Session) -> Sequence[Vacancy]:
    """Where substitutes of any process may follow, of each council the newest call first."""
    taken = select(membership.c.id).where(membership.c.seat_id == seat.c.id, sits).exists()
    waiting = candidate.alias("waiting")
    is_offered = (
        select(waiting.c.id).where(waiting.c.seat_id == seat.c.id, waiting.c.state == CandidateState.OFFERED).exists()
    )
    rows = await session.execute(
        select(member_call.c.process_id, member_call.c.council_id, member_call.c.id)
        .join(process, process.c.id == member_call.c.process_id)
        .join(candidate, candidate.c.call_id == member_call.c.id)
        .join(seat, seat.c.council_id == member_call.c.council_id)
        .where(
            process.c.state == ProcessState.OPEN,
            candidate.c.state == CandidateState.SUBSTITUTE,
            seat.c.kind == SeatKind.DRAWN,
            seat.c.ended.is_(None),
            ~taken,
            ~is_offered,
        )
        .group_by(member_call.c.process_id, member_call.c.council_id, member_call.c.id, member_call.c.opened)
        .order_by(member_call.c.process_id, member_call.c.council_id, member_call.c.opened.desc(), member_call.c.id)
    )
    return [Vacancy(*row) for row in rows]


async def facts_of(session: Session, keys: Keyring, process_id: str, call_id: str) -> Mapping[str, Mapping[str, str]]:
    """What the candidates of a call told, by their ids: by fact, which of its values."""
    rows = await session.execute(
        select(candidate.c.id, candidate.c.facts, person.c.id, person.c.key, person.c.key_epoch)
        .join(person, person.c.id == candidate.c.person_id)
        .where(candidate.c.process_id == process_id, candidate.c.call_id == call_id)
    )
    return {row[0]: _facts(keys, row) for row in rows}


async def facts_counted(
    session: Session, keys: Keyring, process_id: str, call_id: str
) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """How many candidates a call has, and of how many each fact has each value."""
    facts = await facts_of(session, keys, process_id, call_id)
    counted: dict[str, dict[str, int]] = {}
    for its in facts.values():
        for fact, value in its.items():
            of_fact = counted.setdefault(fact, {})
            of_fact[value] = of_fact.get(value, 0) + 1
    return len(facts), counted


async def _stands(session: Session, process_id: str, call_id: str, person_id: str | None) -> Sequence[Stands]:
    names = ("id", "person_id", "state", "seat_id", "place", "answer_by")
    theirs = select(*(candidate.c[name] for name in names)).where(
        candidate.c.process_id == process_id, candidate.c.call_id == call_id
    )
    if person_id is not None:
        theirs = theirs.where(candidate.c.person_id == person_id)
    rows = await session.execute(theirs.order_by(candidate.c.id))
    return [Stands(row[0], row[1], CandidateState(row[2]), *row[3:]) for row in rows]
