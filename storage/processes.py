"""The process that is run here, and what stands open in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update

from storage._ground.database import Session
from storage.tables import bulletin, consultation, process


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """What every conversation may know of the process. The contents are JSON texts that the handlers wrote."""

    process: str
    edition: int
    content: str
    consultation: str | None
    """The id of the consultation that is open."""
    questions: str | None
    """The content of that consultation."""
    bulletin: str | None
    """The content of the latest bulletin that is for everybody and may still be told."""
    bulletin_until: datetime | None
    bulletin_next: datetime | None
    """When another one may be told that is published already."""


async def add(session: Session, process_id: str, content: str, now: datetime) -> None:
    await session.execute(insert(process).values(id=process_id, edition=1, content=content, opened=now))


async def edit(session: Session, process_id: str, content: str) -> None:
    await session.execute(
        update(process).where(process.c.id == process_id).values(content=content, edition=process.c.edition + 1)
    )


async def touch(session: Session) -> None:
    """Raise the edition: what talks know of has changed, and a program that remembers the board reads it again."""
    await session.execute(update(process).values(edition=process.c.edition + 1))


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """A process. The content is a JSON text that the handlers wrote."""

    id: str
    content: str


async def the_one(session: Session) -> StoredProcess | None:
    """The process that this deployment runs."""
    row = (await session.execute(select(process.c.id, process.c.content).limit(1))).one_or_none()
    return None if row is None else StoredProcess(*row)


async def board(session: Session, process_id: str, now: datetime) -> StoredBoard | None:
    """What stands open in a process now, in one statement."""
    opened = (
        select(consultation.c.id, consultation.c.content)
        .where(consultation.c.process_id == process_id, consultation.c.closed.is_(None))
        .order_by(consultation.c.opened.desc())
        .limit(1)
        .subquery()
    )
    latest = (
        select(bulletin.c.content, bulletin.c.not_after)
        .where(
            bulletin.c.process_id == process_id,
            bulletin.c.for_all,
            bulletin.c.published <= now,
            or_(bulletin.c.not_after.is_(None), bulletin.c.not_after > now),
        )
        .order_by(bulletin.c.published.desc())
        .limit(1)
        .subquery()
    )
    to_come = select(func.min(bulletin.c.published)).where(
        bulletin.c.process_id == process_id, bulletin.c.for_all, bulletin.c.published > now
    )
    row = (
        await session.execute(
            select(
                process.c.id,
                process.c.edition,
                process.c.content,
                select(opened.c.id).scalar_subquery().label("consultation"),
                select(opened.c.content).scalar_subquery().label("asked"),
                select(latest.c.content).scalar_subquery().label("bulletin"),
                select(latest.c.not_after).scalar_subquery().label("bulletin_until"),
                to_come.scalar_subquery().label("bulletin_next"),
            ).where(process.c.id == process_id)
        )
    ).one_or_none()
    if row is None:
        return None
    return StoredBoard(*row)
