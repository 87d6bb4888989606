"""Councils of a process, and who sits on each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from storage._ground.database import Session
from storage.tables import council, membership, seat, sits


@dataclass(frozen=True, slots=True)
class StoredCouncil:
    """A council as it stands."""

    id: str
    content: str = field(repr=False)
    """A JSON text that the handlers wrote."""
    made: datetime
    dissolved: datetime | None


@dataclass(frozen=True, slots=True)
class NewCouncil:
    """A council to be made."""

    id: str
    process_id: str
    content: str = field(repr=False)
    made: datetime


async def add(session: Session, new: NewCouncil) -> None:
    await session.execute(insert(council).values(asdict(new)))


async def get(session: Session, process_id: str, council_id: str, lock: bool = False) -> StoredCouncil | None:
    """None when the process has none of this id. Locked, nobody changes it or its seats meanwhile."""
    found = _of(process_id).where(council.c.id == council_id)
    row = (await session.execute(found.with_for_update(key_share=True) if lock else found)).one_or_none()
    return None if row is None else StoredCouncil(*row)


async def of_process(session: Session, process_id: str) -> Sequence[StoredCouncil]:
    """Those that are not dissolved, the oldest first."""
    theirs = _of(process_id).where(council.c.dissolved.is_(None)).order_by(council.c.made, council.c.id)
    return [StoredCouncil(*row) for row in await session.execute(theirs)]


async def change(session: Session, process_id: str, council_id: str, content: str) -> bool:
    """Say something else of it. False when it is dissolved, or there is none."""
    theirs = update(council).where(council.c.process_id == process_id, council.c.id == council_id)
    changed = await session.execute(theirs.where(council.c.dissolved.is_(None)).values(content=content))
    return bool(changed.rowcount)


async def dissolve(session: Session, process_id: str, council_id: str, now: datetime) -> None:
    """It is there no more, but for what it has done."""
    its = (council.c.process_id == process_id, council.c.id == council_id)
    await session.execute(update(council).where(*its).values(dissolved=now))


async def members(session: Session, process_id: str, council_id: str) -> list[str]:
    """Everybody who sits on this council: the roll of a vote of it."""
    theirs = (
        select(membership.c.person_id)
        .join(seat, seat.c.id == membership.c.seat_id)
        .where(membership.c.process_id == process_id, seat.c.council_id == council_id, sits)
    )
    return list((await session.execute(theirs.order_by(membership.c.person_id))).scalars())


async def of_person(session: Session, process_id: str, person_id: str) -> Sequence[StoredCouncil]:
    """Those of the process on which they sit, the oldest first."""
    where = (
        select(seat.c.council_id)
        .join(membership, membership.c.seat_id == seat.c.id)
        .where(membership.c.process_id == process_id, membership.c.person_id == person_id, sits)
    )
    theirs = _of(process_id).where(council.c.id.in_(where)).order_by(council.c.made, council.c.id)
    return [StoredCouncil(*row) for row in await session.execute(theirs)]


def _of(process_id: str) -> Select[Any]:
    return select(council.c.id, council.c.content, council.c.made, council.c.dissolved).where(
        council.c.process_id == process_id
    )
