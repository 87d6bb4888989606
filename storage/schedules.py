"""What is published again and again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from storage._ground.database import Session
from storage.tables import schedule


@dataclass(frozen=True, slots=True)
class Schedule:
    """The content is a JSON text that the handlers wrote, the rule a word of theirs. `due`: when it comes next."""

    id: str
    process_id: str
    content: str
    rule: str
    due: datetime
    made: datetime


async def add(session: Session, new: Schedule) -> None:
    await session.execute(insert(schedule).values(asdict(new)))


async def take_due(session: Session, now: datetime) -> Sequence[Schedule]:
    """Those of all processes that are due, locked; without what another worker has taken."""
    due = select(*_columns()).where(schedule.c.due <= now).order_by(schedule.c.due)
    rows = await session.execute(due.with_for_update(skip_locked=True))
    return [Schedule(*row) for row in rows]


async def move(session: Session, schedule_id: str, due: datetime) -> None:
    await session.execute(update(schedule).where(schedule.c.id == schedule_id).values(due=due))


async def remove(session: Session, process_id: str, schedule_id: str) -> bool:
    """False when the process has none of this id."""
    gone = delete(schedule).where(schedule.c.process_id == process_id, schedule.c.id == schedule_id)
    return bool((await session.execute(gone)).rowcount)


async def remove_all(session: Session, process_id: str) -> None:
    """Those of the process, but what a worker is publishing at this moment: it waits for us, and removes it itself."""
    theirs = select(schedule.c.id).where(schedule.c.process_id == process_id).with_for_update(skip_locked=True)
    await session.execute(delete(schedule).where(schedule.c.id.in_(theirs)))


async def waiting(session: Session, process_id: str) -> Sequence[Schedule]:
    """All of the process, the next to be due first."""
    theirs = select(*_columns()).where(schedule.c.process_id == process_id)
    rows = await session.execute(theirs.order_by(schedule.c.due, schedule.c.id))
    return [Schedule(*row) for row in rows]


def _columns() -> list[ColumnElement[Any]]:
    return [schedule.c[part.name] for part in fields(Schedule)]
