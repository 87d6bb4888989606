"""What we ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from storage._ground.database import Session
from storage.tables import consultation, contribution


@dataclass(frozen=True, slots=True)
class KeptConsultation:
    """The content is a JSON text that the handlers wrote. `closed` is None while people may answer."""

    id: str
    content: str
    opened: datetime
    closed: datetime | None


async def add(session: Session, consultation_id: str, process_id: str, content: str, now: datetime) -> None:
    await session.execute(
        insert(consultation).values(id=consultation_id, process_id=process_id, content=content, opened=now)
    )


async def opened(session: Session, process_id: str, content: str) -> datetime | None:
    """When this very content was last opened in the process; None: never."""
    newest = select(func.max(consultation.c.opened)).where(
        consultation.c.process_id == process_id, consultation.c.content == content
    )
    found: datetime | None = (await session.execute(newest)).scalar_one()
    return found


async def close(session: Session, process_id: str, consultation_id: str, now: datetime) -> bool:
    """False when the process has none that is open of this id."""
    closed = await session.execute(
        update(consultation)
        .where(
            consultation.c.process_id == process_id,
            consultation.c.id == consultation_id,
            consultation.c.closed.is_(None),
        )
        .values(closed=now)
    )
    return bool(closed.rowcount)


async def close_all(session: Session, process_id: str, now: datetime) -> None:
    """Nobody answers a consultation of the process any more."""
    theirs = update(consultation).where(consultation.c.process_id == process_id, consultation.c.closed.is_(None))
    await session.execute(theirs.values(closed=now))


async def newest(session: Session, process_id: str, most: int) -> Sequence[KeptConsultation]:
    columns = (consultation.c.id, consultation.c.content, consultation.c.opened, consultation.c.closed)
    theirs = select(*columns).where(consultation.c.process_id == process_id)
    rows = await session.execute(theirs.order_by(consultation.c.opened.desc()).limit(most))
    return [KeptConsultation(*row) for row in rows]


async def is_open(session: Session, consultation_id: str) -> bool:
    row = await session.execute(
        select(consultation.c.id).where(consultation.c.id == consultation_id, consultation.c.closed.is_(None))
    )
    return row.one_or_none() is not None


async def answered_by(session: Session, process_id: str, contributions: Collection[str]) -> Sequence[str]:
    """The contents of the consultations of the process that any of these contributions answers, each once."""
    chosen = (contribution.c.process_id == process_id, contribution.c.id.in_(contributions))
    answered = select(contribution.c.consultation_id).where(*chosen)
    theirs = (consultation.c.process_id == process_id, consultation.c.id.in_(answered))
    return (await session.execute(select(consultation.c.content).where(*theirs))).scalars().all()
