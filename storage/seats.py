"""Seats of councils, and the terms for which people sit there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, insert, select, update

from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.states import SeatKind, TermEnd
from storage.tables import membership, person, seat, sits


@dataclass(frozen=True, slots=True)
class StoredSeat:
    """One seat of a council, and since when it is taken; never by whom."""

    id: str
    council: str
    kind: SeatKind
    organization: str | None
    """The organization that names who sits there; None: none does."""
    requires: str | None
    """A JSON text that the handlers wrote; None: nothing."""
    since: date | None
    """None: it is vacant."""
    until: date | None
    """The last day of the term; None: it is vacant, or the term has no end."""


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A seat to be made."""

    id: str
    process_id: str
    council_id: str
    kind: SeatKind
    organization: str | None
    requires: str | None
    made: date


async def add(session: Session, new: NewSeat) -> None:
    await session.execute(insert(seat).values(asdict(new)))


async def of_council(session: Session, process_id: str, council_id: str) -> Sequence[StoredSeat]:
    """Its seats that were not abolished, in an order that tells nothing."""
    rows = await session.execute(_of(process_id).where(seat.c.council_id == council_id).order_by(seat.c.id))
    return [_read(row) for row in rows]


async def of_process(session: Session, process_id: str) -> Sequence[StoredSeat]:
    """Those of all its councils."""
    rows = await session.execute(_of(process_id).order_by(seat.c.council_id, seat.c.id))
    return [_read(row) for row in rows]


class VacantSeat(NamedTuple):
    """A seat on which nobody sits."""

    id: str
    requires: str | None
    """A JSON text that the handlers wrote; None: nothing."""


async def vacant(
    session: Session, process_id: str, council_id: str, kind: SeatKind, lock: bool = True
) -> Sequence[VacantSeat]:
    """Its seats of this kind that nobody sits on, the oldest first."""
    taken = select(membership.c.seat_id).where(membership.c.process_id == process_id, sits)
    free = select(seat.c.id, seat.c.requires).where(
        seat.c.process_id == process_id,
        seat.c.council_id == council_id,
        seat.c.kind == kind,
        seat.c.ended.is_(None),
        seat.c.id.not_in(taken),
    )
    in_order = free.order_by(seat.c.made, seat.c.id)
    rows = await session.execute(in_order.with_for_update(key_share=True) if lock else in_order)
    return [VacantSeat(*row) for row in rows]


async def is_vacant(session: Session, process_id: str, seat_id: str) -> bool:
    """Whether it is there and nobody sits on it; it is locked."""
    its = (seat.c.process_id == process_id, seat.c.id == seat_id, seat.c.ended.is_(None))
    locked = select(seat.c.id).where(*its).with_for_update(key_share=True)
    if (await session.execute(locked)).one_or_none() is None:
        return False
    taken = select(membership.c.id).where(membership.c.process_id == process_id, membership.c.seat_id == seat_id, sits)
    return (await session.execute(taken)).one_or_none() is None


@dataclass(frozen=True, slots=True)
class NewTerm:
    """Somebody takes a seat."""

    process_id: str
    seat_id: str
    person_id: str
    since: date
    until: date | None
    """The last day; None: it has no end."""


async def take(session: Session, new: NewTerm) -> None:
    """Sit down on a seat that is vacant."""
    await session.execute(insert(membership).values(id=fresh(), **asdict(new)))


async def holder(session: Session, process_id: str, seat_id: str) -> str | None:
    """Who sits there, locked as a turn of theirs locks them; None when the seat is vacant."""
    found = (
        select(person.c.id)
        .join(membership, membership.c.person_id == person.c.id)
        .where(membership.c.process_id == process_id, membership.c.seat_id == seat_id, sits)
        .with_for_update(of=[person], key_share=True)
    )
    return (await session.execute(found)).scalar_one_or_none()


async def holders(session: Session, process_id: str, council_id: str) -> Sequence[str]:
    """Everybody who sits on the council, locked like one of them, in the order of their ids."""
    found = (
        select(person.c.id)
        .join(membership, membership.c.person_id == person.c.id)
        .join(seat, seat.c.id == membership.c.seat_id)
        .where(membership.c.process_id == process_id, seat.c.council_id == council_id, sits)
        .order_by(person.c.id)
        .with_for_update(of=[person], key_share=True)
    )
    return list((await session.execute(found)).scalars())


async def abolish(session: Session, process_id: str, seat_id: str, today: date) -> None:
    """It is there no more."""
    its = (seat.c.process_id == process_id, seat.c.id == seat_id)
    await session.execute(update(seat).where(*its).values(ended=today))


async def abolish_all(session: Session, process_id: str, council_id: str, today: date) -> None:
    """None of the council's is there any more."""
    its = (seat.c.process_id == process_id, seat.c.council_id == council_id, seat.c.ended.is_(None))
    await session.execute(update(seat).where(*its).values(ended=today))


async def leave(
    session: Session, process_id: str, who: str, council_id: str | None, end: TermEnd, today: date
) -> Sequence[str]:
    """They sit no more on this council, or on none of the process; gives the seats that are vacant now."""
    theirs = [membership.c.process_id == process_id, membership.c.person_id == who, sits]
    if council_id is not None:
        its = select(seat.c.id).where(seat.c.process_id == process_id, seat.c.council_id == council_id)
        theirs.append(membership.c.seat_id.in_(its))
    left = update(membership).where(*theirs).values(ended=today, end=end).returning(membership.c.seat_id)
    return list((await session.execute(left)).scalars())


async def last_day(session: Session, process_id: str, seat_id: str) -> date | None:
    """Of the term of who sits there; None: it has no end, or nobody does."""
    theirs = (membership.c.process_id == process_id, membership.c.seat_id == seat_id, sits)
    found: date | None = (await session.execute(select(membership.c.until).where(*theirs))).scalar_one_or_none()
    return found


async def move_end(session: Session, process_id: str, seat_id: str, until: date, warned: datetime | None) -> None:
    """Another last day for who sits there. `warned`: when they were told that it comes soon; None: they were not."""
    theirs = (membership.c.process_id == process_id, membership.c.seat_id == seat_id, sits)
    await session.execute(update(membership).where(*theirs).values(until=until, warned=warned))


class Term(NamedTuple):
    """One person's time on one seat."""

    process: str
    council: str
    seat: str
    until: date


async def over(session: Session, today: date, most: int) -> Sequence[Term]:
    """Terms of all processes whose last day has passed, and whose people still sit there."""
    return await _terms(session, membership.c.until < today, most)


async def to_warn(session: Session, today: date, ends_by: date, most: int) -> Sequence[Term]:
    """Terms of all processes that end by that day, and whose people were not told so."""
    ends_soon = and_(membership.c.until >= today, membership.c.until <= ends_by, membership.c.warned.is_(None))
    return await _terms(session, ends_soon, most)


async def warned(session: Session, process_id: str, seat_id: str, now: datetime) -> bool:
    """Who sits there is not told again. False when they had been told, or nobody sits there."""
    theirs = (membership.c.process_id == process_id, membership.c.seat_id == seat_id, sits)
    marked = update(membership).where(*theirs, membership.c.warned.is_(None)).values(warned=now)
    return bool((await session.execute(marked)).rowcount)


async def _terms(session: Session, which: Any, most: int) -> Sequence[Term]:
    rows = await session.execute(
        select(membership.c.process_id, seat.c.council_id, seat.c.id, membership.c.until)
        .join(seat, seat.c.id == membership.c.seat_id)
        .where(sits, which)
        .order_by(membership.c.until, membership.c.id)
        .limit(most)
    )
    return [Term(*row) for row in rows]


def _of(process_id: str) -> Select[Any]:
    columns = [seat.c[name] for name in ("id", "council_id", "kind", "organization", "requires")]
    taken = and_(membership.c.seat_id == seat.c.id, sits)
    return (
        select(*columns, membership.c.since, membership.c.until)
        .outerjoin(membership, taken)
        .where(seat.c.process_id == process_id, seat.c.ended.is_(None))
    )


def _read(row: Any) -> StoredSeat:
    return StoredSeat(row.id, row.council_id, SeatKind(row.kind), *row[3:])
