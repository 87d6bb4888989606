"""Moments that a deployment remembers: when it was last alive, up to when a platform was asked for what we missed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.tables import mark

ALIVE = "alive"
WORKER = "worker: "
"""What the mark of each worker begins with."""
READY = "ready"
"""Put to see whether anything can be put."""
AHEAD = timedelta(minutes=1)
"""Clocks may differ by so much. A mark further ahead was made by one that was wrong, and is not believed."""
SCRUBBED = "scrubbed"
"""Put to when that round was closed of which nothing is left in the tables where it was deleted."""
HELD = "held"
"""There while a human has to say whether this database is an old copy."""


def slow(channel: str) -> str:
    """There while bulletins wait because a platform said in a report that too much comes; its moment: until when."""
    return f"slow: {channel}"


def digest(process_id: str) -> str:
    """When the last e-bulletin of this process fell due."""
    return f"digest: {process_id}"


async def put(session: Session, name: str, at: datetime) -> None:
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(mark).values(name=name, at=at)
    await session.execute(added.on_conflict_do_update(index_elements=["name"], set_={"at": at}))


async def at(session: Session, name: str) -> datetime | None:
    return (await session.execute(select(mark.c.at).where(mark.c.name == name))).scalar_one_or_none()


async def remove(session: Session, name: str) -> bool:
    """False when there was none."""
    return bool((await session.execute(delete(mark).where(mark.c.name == name))).rowcount)


async def workers(session: Session, ours: str, now: datetime, since: datetime) -> int:
    """How many workers have said since then that they send, with ours, which says so now."""
    await put(session, f"{WORKER}{ours}", now)
    is_worker = mark.c.name.startswith(WORKER, autoescape=True)
    await session.execute(delete(mark).where(is_worker, or_(mark.c.at <= since, mark.c.at > now + AHEAD)))
    return (await session.execute(select(func.count()).where(is_worker))).scalar_one()


async def turn_comes(session: Session, name: str, before: datetime, now: datetime) -> bool:
    """Whether the caller is to do this now: it was last done before `before`, and nobody else has asked since.

    A mark that a wrong clock put into the future keeps nobody waiting.
    """
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(mark).values(name=name, at=now)
    due = or_(mark.c.at < before, mark.c.at > now + AHEAD)
    taken = added.on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=due)
    return (await session.execute(taken.returning(mark.c.name))).one_or_none() is not None
