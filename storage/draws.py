"""Draws by lot: what was announced of each, who draws it, and whom it gave."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, insert, or_, select, update

from storage._ground.database import Session
from storage.keys import Keyring
from storage.states import CandidateState, DrawState
from storage.tables import candidate, council, draw, member_call, membership, person, seat, sits, ticket, ticket_holder


@dataclass(frozen=True, slots=True)
class NewDraw:
    """What is announced."""

    id: str
    process_id: str
    council_id: str
    call_id: str
    seats: int
    quotas: str
    """A JSON text that the handlers wrote."""
    source: str
    due: datetime
    commitment: str
    announced: datetime
    announced_by: str
    requirements: str | None
    """What the first of its seats require of who sits there, as a JSON text that the handlers wrote; None: nothing."""


@dataclass(frozen=True, slots=True)
class StoredDraw(NewDraw):
    """How far it is."""

    state: DrawState
    value: str | None
    entered: datetime | None
    entered_by: str | None
    progress: int
    """In percent."""
    tries: int
    outcome: str | None
    """A JSON text that the handlers wrote."""
    drawn: datetime | None
    confirmed: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who put themselves forward."""

    candidate: str
    person: str
    facts: str = field(repr=False)
    """A JSON text that the handlers wrote."""


@dataclass(frozen=True, slots=True)
class CallsPool:
    """From whom is drawn."""

    council: str
    call: str
    rests_after: date | None
    """Who left a seat of the council after that day sits out; None: nobody does."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A candidate's place in the pool of a draw."""

    id: str
    leaf: str
    holder: Standing
    """With the facts that are kept of them for this draw."""


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A place in the pool of a draw, as it stands."""

    id: str
    leaf: str
    gone: bool
    """Before it was drawn."""
    place: int | None
    chance: int | None
    candidate: str | None
    """None: they have gone."""
    state: CandidateState | None
    facts: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call for members that people answered."""

    id: str
    council: str
    content: str
    """A JSON text that the handlers wrote, as that of its council."""
    of_council: str
    closes: datetime


async def calls(session: Session, process_id: str) -> Sequence[Call]:
    """Those of the process of which somebody waits for the draw, the newest first."""
    stands = exists().where(candidate.c.call_id == member_call.c.id, candidate.c.state == CandidateState.STANDING)
    rows = await session.execute(
        select(
            member_call.c.id, member_call.c.council_id, member_call.c.content, council.c.content, member_call.c.closes
        )
        .join(council, council.c.id == member_call.c.council_id)
        .where(member_call.c.process_id == process_id, council.c.dissolved.is_(None), stands)
        .order_by(member_call.c.closes.desc(), member_call.c.id)
    )
    return [Call(*row) for row in rows]


async def call(session: Session, process_id: str, call_id: str) -> str:
    """What was said of a call, as the handlers wrote it; "": the process has none of this id."""
    its = select(member_call.c.content).where(member_call.c.process_id == process_id, member_call.c.id == call_id)
    return (await session.execute(its)).scalar_one_or_none() or ""


async def staying(session: Session, keys: Keyring, process_id: str, council_id: str) -> Sequence[Standing]:
    """Who was drawn before and sits on the council now, with what they had told."""
    sitting = and_(membership.c.seat_id == candidate.c.seat_id, membership.c.person_id == candidate.c.person_id, sits)
    theirs = (
        _candidates()
        .join(member_call, member_call.c.id == candidate.c.call_id)
        .join(membership, sitting)
        .where(member_call.c.council_id == council_id, candidate.c.process_id == process_id)
    )
    return [_standing(keys, row) for row in await session.execute(theirs)]


async def standing(
    session: Session, keys: Keyring, process_id: str, pool: CallsPool, lock: bool = False
) -> Sequence[Standing]:
    """Who stands in a call and can be drawn, with what they told: not who sits on its council or sits out.

    `lock`: nobody withdraws in this moment.
    """
    seats = select(seat.c.id).where(seat.c.process_id == process_id, seat.c.council_id == pool.council)
    sat = [sits] if pool.rests_after is None else [or_(sits, membership.c.ended > pool.rests_after)]
    out = select(membership.c.person_id).where(
        membership.c.process_id == process_id, membership.c.seat_id.in_(seats), *sat
    )
    theirs = _candidates().where(
        candidate.c.process_id == process_id,
        candidate.c.call_id == pool.call,
        candidate.c.state == CandidateState.STANDING,
        candidate.c.person_id.not_in(out),
    )
    rows = await session.execute(theirs.with_for_update(of=[candidate], read=True) if lock else theirs)
    return [_standing(keys, row) for row in rows]


def _candidates() -> Any:
    whose = (person.c.id.label("person_id"), person.c.key, person.c.key_epoch)
    theirs = select(candidate.c.id, candidate.c.facts, *whose).join(person, person.c.id == candidate.c.person_id)
    return theirs.order_by(candidate.c.id)


def _standing(keys: Keyring, row: Any) -> Standing:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    return Standing(row.id, row.person_id, key.open(row.facts, candidate.c.facts, row.id))


async def add(session: Session, keys: Keyring, new: NewDraw, tickets: Sequence[NewTicket]) -> None:
    await session.execute(insert(draw).values(asdict(new) | {"state": DrawState.ANNOUNCED}))
    leaves = [{"id": its.id, "draw_id": new.id, "leaf": its.leaf} for its in tickets]
    await session.execute(insert(ticket), leaves)
    holders = {its.holder.person for its in tickets}
    rows = await session.execute(select(person.c.id, person.c.key, person.c.key_epoch).where(person.c.id.in_(holders)))
    theirs = {row.id: keys.unwrap(row.id, row.key, row.key_epoch) for row in rows}
    held = [
        {
            "ticket_id": its.id,
            "candidate_id": its.holder.candidate,
            "person_id": its.holder.person,
            "facts": theirs[its.holder.person].seal(its.holder.facts, ticket_holder.c.facts, its.id),
        }
        for its in tickets
    ]
    await session.execute(insert(ticket_holder), held)


async def newest(session: Session, process_id: str, most: int) -> Sequence[StoredDraw]:
    """Those of the process."""
    theirs = columns().where(draw.c.process_id == process_id).order_by(draw.c.announced.desc(), draw.c.id)
    return [read(row) for row in await session.execute(theirs.limit(most))]


async def get(session: Session, process_id: str, draw_id: str, lock: bool = False) -> StoredDraw | None:
    query = columns().where(draw.c.process_id == process_id, draw.c.id == draw_id)
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else read(row)


async def under_way(session: Session, process_id: str, call_id: str) -> bool:
    """Whether a draw of this call waits for something still."""
    theirs = (draw.c.process_id == process_id, draw.c.call_id == call_id, draw.c.state.not_in(OVER))
    return (await session.execute(select(draw.c.id).where(*theirs).limit(1))).first() is not None


OVER = (DrawState.FAILED, DrawState.CONFIRMED)


class ToFill(NamedTuple):
    """Seats that a draw fills."""

    seats: int
    requirements: str | None
    """What the first of them require, as `NewDraw` has it."""


async def to_fill(session: Session, process_id: str, council_id: str) -> Sequence[ToFill]:
    """The seats of the council that draws fill which wait for something still, the oldest first."""
    theirs = (draw.c.process_id == process_id, draw.c.council_id == council_id, draw.c.state.not_in(OVER))
    under_way = select(draw.c.seats, draw.c.requirements).where(*theirs).order_by(draw.c.announced, draw.c.id)
    return [ToFill(*row) for row in await session.execute(under_way)]


async def fail_all(session: Session, process_id: str, council_id: str, outcome: str) -> None:
    """Nobody is drawn for the council any more, and why; no worker draws on."""
    theirs = (draw.c.process_id == process_id, draw.c.council_id == council_id, draw.c.state.not_in(OVER))
    values = {"state": DrawState.FAILED, "outcome": outcome, "maker": None, "until": None}
    await session.execute(update(draw).where(*theirs).values(values))


async def tickets(session: Session, keys: Keyring, process_id: str, draw_id: str) -> Sequence[StoredTicket]:
    """All that were given out in a draw, in an order that tells nothing."""
    columns = (ticket.c.id, ticket.c.leaf, ticket.c.gone, ticket.c.place, ticket.c.chance)
    rows = await session.execute(
        select(
            *columns,
            ticket_holder.c.candidate_id,
            ticket_holder.c.facts,
            candidate.c.state,
            person.c.id.label("person_id"),
            person.c.key,
            person.c.key_epoch,
        )
        .join(draw, draw.c.id == ticket.c.draw_id)
        .outerjoin(ticket_holder, ticket_holder.c.ticket_id == ticket.c.id)
        .outerjoin(candidate, candidate.c.id == ticket_holder.c.candidate_id)
        .outerjoin(person, person.c.id == ticket_holder.c.person_id)
        .where(draw.c.process_id == process_id, draw.c.id == draw_id)
        .order_by(ticket.c.id)
    )
    return [
        StoredTicket(
            row.id,
            row.leaf,
            row.gone,
            row.place,
            row.chance,
            row.candidate_id,
            None if row.state is None else CandidateState(row.state),
            None if row.candidate_id is None else _facts(keys, row),
        )
        for row in rows
    ]


async def enter(session: Session, process_id: str, draw_id: str, value: str, staff_id: str, now: datetime) -> bool:
    """The public value is known. False: it was entered before, or the process has no such draw."""
    theirs = and_(draw.c.id == draw_id, draw.c.process_id == process_id, draw.c.state == DrawState.ANNOUNCED)
    entered = {"state": DrawState.READY, "value": value, "entered": now, "entered_by": staff_id}
    return bool((await session.execute(update(draw).where(theirs).values(entered))).rowcount)


async def confirm(session: Session, process_id: str, draw_id: str, staff_id: str, now: datetime) -> bool:
    """The seats are given. False: they were, or nobody is drawn."""
    theirs = and_(draw.c.id == draw_id, draw.c.process_id == process_id, draw.c.state == DrawState.DRAWN)
    confirmed = {"state": DrawState.CONFIRMED, "confirmed": now, "confirmed_by": staff_id}
    return bool((await session.execute(update(draw).where(theirs).values(confirmed))).rowcount)


def _facts(keys: Keyring, row: Any) -> str:
    return keys.unwrap(row.person_id, row.key, row.key_epoch).open(row.facts, ticket_holder.c.facts, row.id)


def columns() -> Any:
    return select(*(draw.c[part.name] for part in fields(StoredDraw)))


def read(row: Any) -> StoredDraw:
    return StoredDraw(**row._asdict() | {"state": DrawState(row.state)})
