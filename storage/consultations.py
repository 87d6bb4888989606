"""What we ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from storage._ground.database import Session
from storage.tables import consultation, contribution, is_still_open


@dataclass(frozen=True, slots=True)
class Dates:
    """What happens to a consultation by itself."""

    closes: datetime | None = None
    """None: somebody closes it."""
    reminds: datetime | None = None
    """When those are reminded who began to answer and have not finished; None: nobody is."""


BY_HAND = Dates()


@dataclass(frozen=True, slots=True)
class KeptConsultation:
    """The columns of the table, without its process. The content is a JSON text that the handlers wrote."""

    id: str
    content: str
    opened: datetime
    closed: datetime | None
    """None while people may answer."""
    closes: datetime | None
    reminds: datetime | None
    reminded: datetime | None
    """These three as `Dates` has them; when they were reminded; None: nobody was."""


@dataclass(frozen=True, slots=True)
class Due:
    """A consultation of any process whose moment has come."""

    id: str
    process_id: str


async def add(
    session: Session, consultation_id: str, process_id: str, content: str, now: datetime, dates: Dates = BY_HAND
) -> None:
    new = {"id": consultation_id, "process_id": process_id, "content": content, "opened": now}
    await session.execute(insert(consultation).values(**new, closes=dates.closes, reminds=dates.reminds))


async def opened(session: Session, process_id: str, content: str) -> datetime | None:
    """When this very content was last opened in the process; None: never."""
    newest = select(func.max(consultation.c.opened)).where(
        consultation.c.process_id == process_id, consultation.c.content == content
    )
    found: datetime | None = (await session.execute(newest)).scalar_one()
    return found


async def get(session: Session, process_id: str, consultation_id: str) -> KeptConsultation | None:
    """The one of the process that has this id."""
    row = (await session.execute(_of(process_id).where(consultation.c.id == consultation_id))).one_or_none()
    return None if row is None else KeptConsultation(*row)


async def several(session: Session, process_id: str, names: Collection[str]) -> Sequence[KeptConsultation]:
    """Those of the process that have these ids, in the order of their ids."""
    rows = await session.execute(_of(process_id).where(consultation.c.id.in_(names)).order_by(consultation.c.id))
    return [KeptConsultation(*row) for row in rows]


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


async def to_close(session: Session, now: datetime) -> Sequence[Due]:
    """Those of all processes that are open and whose time is over, in the order in which processes are locked."""
    over = (consultation.c.closed.is_(None), consultation.c.closes <= now)
    return await _due(session, select(consultation.c.id, consultation.c.process_id).where(*over))


async def to_remind(session: Session, now: datetime) -> Sequence[Due]:
    """Those of all processes that are open, and of which nobody was reminded though it is time; in the same order."""
    waits = (is_still_open(consultation, now), consultation.c.reminded.is_(None), consultation.c.reminds <= now)
    return await _due(session, select(consultation.c.id, consultation.c.process_id).where(*waits))


async def _due(session: Session, query: Select[tuple[str, str]]) -> Sequence[Due]:
    rows = await session.execute(query.order_by(consultation.c.process_id, consultation.c.id))
    return [Due(row.id, row.process_id) for row in rows]


async def remind(session: Session, process_id: str, consultation_id: str, now: datetime) -> bool:
    """Note that those who began are reminded now; False when it is closed, or they have been meanwhile."""
    noted = await session.execute(
        update(consultation)
        .where(
            consultation.c.process_id == process_id,
            consultation.c.id == consultation_id,
            consultation.c.reminded.is_(None),
            is_still_open(consultation, now),
        )
        .values(reminded=now)
    )
    return bool(noted.rowcount)


async def newest(session: Session, process_id: str, most: int) -> Sequence[KeptConsultation]:
    rows = await session.execute(_of(process_id).order_by(consultation.c.opened.desc()).limit(most))
    return [KeptConsultation(*row) for row in rows]


async def open_content(session: Session, consultation_id: str, now: datetime) -> str | None:
    """What the organizers wrote of it; None: nobody can answer it any more."""
    found = select(consultation.c.content).where(consultation.c.id == consultation_id, is_still_open(consultation, now))
    content: str | None = (await session.execute(found)).scalar_one_or_none()
    return content


async def answered_by(session: Session, process_id: str, contributions: Collection[str]) -> Sequence[str]:
    """The contents of the consultations of the process that any of these contributions answers, each once."""
    chosen = (contribution.c.process_id == process_id, contribution.c.id.in_(contributions))
    answered = select(contribution.c.consultation_id).where(*chosen)
    theirs = (consultation.c.process_id == process_id, consultation.c.id.in_(answered))
    return (await session.execute(select(consultation.c.content).where(*theirs))).scalars().all()


def _of(process_id: str) -> Any:
    columns = [consultation.c[part.name] for part in fields(KeptConsultation)]
    return select(*columns).where(consultation.c.process_id == process_id)
