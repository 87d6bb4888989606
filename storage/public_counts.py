"""Counts that everybody may read, which stand for a while: nobody sees one person come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.states import Counted, ProcessState
from storage.tables import is_public, matter, process, public_count, response_matter


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a count is of: who is counted, and behind which matter or beside which response."""

    counted: Counted
    about: str = ""
    """The id of a matter or a response; "": in the whole process."""


async def of(session: Session, process_id: str) -> Mapping[Counted, int]:
    """Those of the whole process, raw: nobody sees them before they are rounded."""
    columns = (public_count.c.counted, public_count.c.number)
    theirs = (public_count.c.process_id == process_id, public_count.c.about == "")
    return {Counted(row.counted): row.number for row in await session.execute(select(*columns).where(*theirs))}


async def beside(session: Session, process_id: str, names: Collection[str]) -> Mapping[Place, int]:
    """Those beside these responses, or behind these matters, raw as well."""
    columns = (public_count.c.counted, public_count.c.about, public_count.c.number)
    theirs = (public_count.c.process_id == process_id, public_count.c.about.in_(names))
    rows = await session.execute(select(*columns).where(*theirs))
    return {Place(Counted(row.counted), row.about): row.number for row in rows}


async def due(session: Session, before: datetime) -> Sequence[str]:
    """The processes that were last counted before this moment, or never, and are not archived."""
    looked = exists().where(
        public_count.c.process_id == process.c.id,
        public_count.c.counted == Counted.HEARD,
        public_count.c.looked >= before,
    )
    found = select(process.c.id).where(process.c.state != ProcessState.ARCHIVED, ~looked)
    return (await session.execute(found.order_by(process.c.id))).scalars().all()


async def to_count(session: Session, process_id: str) -> Sequence[str]:
    """The matters of a process that everybody may read."""
    theirs = select(matter.c.id).where(matter.c.process_id == process_id, is_public(matter))
    return (await session.execute(theirs.order_by(matter.c.id))).scalars().all()


async def to_rate(session: Session, process_id: str) -> Sequence[str]:
    """The responses of a process to anything that everybody may read."""
    answers = select(response_matter.c.response_id).join(matter, matter.c.id == response_matter.c.matter_id).distinct()
    theirs = answers.where(matter.c.process_id == process_id, is_public(matter))
    return (await session.execute(theirs.order_by(response_matter.c.response_id))).scalars().all()


async def never_counted(session: Session, most: int) -> Mapping[str, Sequence[str]]:
    """The matters that everybody may read and of which there is no count yet, by process."""
    is_counted = exists().where(
        public_count.c.process_id == matter.c.process_id,
        public_count.c.counted == Counted.BEHIND,
        public_count.c.about == matter.c.id,
    )
    found = select(matter.c.process_id, matter.c.id).where(is_public(matter), ~is_counted)
    theirs: dict[str, list[str]] = {}
    for process_id, matter_id in await session.execute(found.order_by(matter.c.process_id, matter.c.id).limit(most)):
        theirs.setdefault(process_id, []).append(matter_id)
    return theirs


async def keep(session: Session, process_id: str, numbers: Mapping[Place, int], step: int, now: datetime) -> None:
    """Take up what was counted, where it differs by `step` at least from what stands there.

    Always in the same order, so that nobody waits for ever.
    """
    rows = [
        {
            "process_id": process_id,
            "counted": place.counted,
            "about": place.about,
            "number": numbers[place],
            "since": now,
            "looked": now,
        }
        for place in sorted(numbers)
    ]
    insert = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(public_count)
    is_another = func.abs(insert.excluded.number - public_count.c.number) >= step
    changed = {
        "number": case((is_another, insert.excluded.number), else_=public_count.c.number),
        "since": case((is_another, insert.excluded.since), else_=public_count.c.since),
        "looked": insert.excluded.looked,
    }
    kept = insert.on_conflict_do_update(index_elements=["process_id", "counted", "about"], set_=changed)
    await session.execute(kept, rows)
