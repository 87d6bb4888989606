"""The processes, and what stands open in each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update

from storage._ground.database import Session
from storage.states import ProcessState, TextState
from storage.tables import (
    bulletin,
    consultation,
    inquiry,
    is_asked_now,
    is_public,
    is_still_open,
    matter,
    member_call,
    process,
    sounding,
    text,
)


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """What every conversation may know of the process. The contents are JSON texts that the handlers wrote."""

    process: str
    edition: int
    state: ProcessState
    content: str
    consultation: str | None
    """The id of the consultation that is open."""
    questions: str | None
    """The content of that consultation."""
    consultation_until: datetime | None
    """When it closes by itself."""
    consultation_reminded: bool
    """Those who had begun to answer it were reminded."""
    bulletin: str | None
    """The content of the latest bulletin that is for everybody and may still be told."""
    bulletin_until: datetime | None
    bulletin_next: datetime | None
    """When another one may be told that is published already."""
    raised: bool
    """There is a matter that everybody may read."""
    asks_back: bool
    """Somebody was asked something about what they gave, and has not answered it."""
    sounding: str | None
    """The id of the sounding that is open."""
    sounded: str | None
    """The content of that sounding."""
    sounding_until: datetime | None
    """When it closes by itself."""
    drafted: bool
    """There is a text that people read and write together."""
    called_until: datetime | None
    """Until when the last of its calls for members of a council is open; None: none is."""


@dataclass(frozen=True, slots=True)
class NewProcess:
    """A process to be opened. The content is a JSON text that the handlers wrote."""

    id: str
    slug: str
    parent_id: str | None
    """The process that it stands under."""
    content: str
    opened: datetime


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """A process as it stands."""

    id: str
    slug: str
    state: ProcessState
    parent_id: str | None
    content: str


async def add(session: Session, new: NewProcess) -> None:
    await session.execute(insert(process).values(edition=1, **asdict(new)))


async def edit(session: Session, process_id: str, content: str, parent_id: str | None = None) -> None:
    """What is said of it, and the process that it stands under, from now on."""
    changed = {"content": content, "parent_id": parent_id, "edition": process.c.edition + 1}
    await session.execute(update(process).where(process.c.id == process_id).values(changed))


async def touch(session: Session, process_id: str) -> bool:
    """Raise the edition: what talks know of it has changed, and a program that remembers the board reads it again.

    Whoever else touches or ends the process waits until this transaction ends. False when it is not open any more.
    """
    is_open = (process.c.id == process_id, process.c.state == ProcessState.OPEN)
    touched = await session.execute(update(process).where(*is_open).values(edition=process.c.edition + 1))
    return bool(touched.rowcount)


async def show_anew(session: Session, process_id: str) -> None:
    """The same for what everybody reads of it, whether it is still open or not."""
    await session.execute(update(process).where(process.c.id == process_id).values(edition=process.c.edition + 1))


async def touch_all(session: Session) -> None:
    """The same for what talks of every process know of: which others are open, and by which doors people come.

    Before anything else is locked, and always in the same order, so that nobody waits for ever.
    """
    in_order = select(process.c.id).order_by(process.c.id).with_for_update(key_share=True)
    await session.execute(in_order)
    await session.execute(update(process).values(edition=process.c.edition + 1))


async def close(session: Session, process_id: str, now: datetime) -> None:
    closed = {"state": ProcessState.CLOSED, "closed": now, "edition": process.c.edition + 1}
    await session.execute(update(process).where(process.c.id == process_id).values(closed))


async def archive(session: Session, process_id: str) -> bool:
    """False when it is not closed."""
    is_closed = (process.c.id == process_id, process.c.state == ProcessState.CLOSED)
    archived = await session.execute(update(process).where(*is_closed).values(state=ProcessState.ARCHIVED))
    return bool(archived.rowcount)


async def every(session: Session) -> Sequence[StoredProcess]:
    """All processes of this deployment, in the order in which they were opened."""
    rows = await session.execute(select(*_columns()).order_by(process.c.opened, process.c.slug))
    return [_read(row) for row in rows]


async def get(session: Session, process_id: str) -> StoredProcess:
    """The process that something belongs to."""
    return _read((await session.execute(select(*_columns()).where(process.c.id == process_id))).one())


async def opened(session: Session, process_id: str) -> datetime:
    """When it was written down first."""
    moment: datetime = (await session.execute(select(process.c.opened).where(process.c.id == process_id))).scalar_one()
    return moment


def _columns() -> list[ColumnElement[Any]]:
    return [process.c.id, process.c.slug, process.c.state, process.c.parent_id, process.c.content]


def _read(row: Any) -> StoredProcess:
    return StoredProcess(row.id, row.slug, ProcessState(row.state), row.parent_id, row.content)


async def board(session: Session, process_id: str, now: datetime) -> StoredBoard | None:
    """What stands open in a process now, in one statement."""
    opened = (
        select(consultation.c.id, consultation.c.content, consultation.c.closes, consultation.c.reminded)
        .where(consultation.c.process_id == process_id, is_still_open(consultation, now))
        .order_by(consultation.c.opened.desc())
        .limit(1)
        .subquery()
    )
    sounded = (
        select(sounding.c.id, sounding.c.content, sounding.c.closes)
        .where(sounding.c.process_id == process_id, is_asked_now(sounding, now))
        .order_by(sounding.c.opened.desc(), sounding.c.id)
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
                process.c.state,
                process.c.content,
                select(opened.c.id).scalar_subquery().label("consultation"),
                select(opened.c.content).scalar_subquery().label("asked"),
                select(opened.c.closes).scalar_subquery().label("consultation_until"),
                exists(select(opened.c.id).where(opened.c.reminded.is_not(None))).label("consultation_reminded"),
                select(latest.c.content).scalar_subquery().label("bulletin"),
                select(latest.c.not_after).scalar_subquery().label("bulletin_until"),
                to_come.scalar_subquery().label("bulletin_next"),
                select(matter.c.id)
                .where(matter.c.process_id == process_id, is_public(matter))
                .exists()
                .label("raised"),
                select(inquiry.c.id)
                .where(inquiry.c.process_id == process_id, inquiry.c.answer_id.is_(None))
                .exists()
                .label("asks_back"),
                select(sounded.c.id).scalar_subquery().label("sounding"),
                select(sounded.c.content).scalar_subquery().label("sounded"),
                select(sounded.c.closes).scalar_subquery().label("sounding_until"),
                select(text.c.id)
                .where(text.c.process_id == process_id, text.c.state.in_((TextState.PUBLISHED, TextState.CLOSED)))
                .exists()
                .label("drafted"),
                select(func.max(member_call.c.closes))
                .where(
                    member_call.c.process_id == process_id,
                    member_call.c.closed.is_(None),
                )
                .scalar_subquery()
                .label("called_until"),
            ).where(process.c.id == process_id)
        )
    ).one_or_none()
    return None if row is None else StoredBoard(*row)
