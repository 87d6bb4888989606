"""Which programs run, where each has its key file, and how new the keys are that it knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.tables import program

GONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RunningProgram:
    """One that runs. `place` is the same for programs that read the same key file."""

    place: str
    epoch: int


async def write_down(session: Session, name: str, running: RunningProgram, now: datetime) -> None:
    """That this one runs now. Those that have not said so for a day ended without a word."""
    await session.execute(delete(program).where(program.c.seen < now - GONE))
    values = {"place": running.place, "epoch": running.epoch, "seen": now}
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(program).values(id=name, **values)
    await session.execute(added.on_conflict_do_update(index_elements=["id"], set_=values))


async def remove(session: Session, name: str) -> None:
    await session.execute(delete(program).where(program.c.id == name))


async def running(session: Session, since: datetime) -> Sequence[RunningProgram]:
    """Those that were seen since then."""
    seen = select(program.c.place, program.c.epoch).where(program.c.seen >= since)
    return [RunningProgram(*row) for row in await session.execute(seen)]
