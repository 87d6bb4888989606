"""What we ask, while it is written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update

from storage._ground.database import Session
from storage.states import SendingState
from storage.tables import draft, opening


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A consultation that somebody begins to write. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    content: str = field(repr=False)
    staff_id: str
    made: datetime


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as it stands."""

    id: str
    content: str = field(repr=False)
    edition: int
    staff_id: str
    """Who changed it last."""
    changed: datetime
    dropped: datetime | None
    """When it was given up; None: it was not."""
    has_opened: bool
    """It has become a consultation."""


async def add(session: Session, new: NewDraft) -> None:
    await session.execute(insert(draft).values(edition=1, changed=new.made, **asdict(new)))


async def get(session: Session, process_id: str, draft_id: str) -> StoredDraft | None:
    """None when the process has none of this id."""
    row = (await session.execute(_of(process_id).where(draft.c.id == draft_id))).one_or_none()
    return None if row is None else StoredDraft(*row)


async def take(session: Session, process_id: str, draft_id: str) -> StoredDraft | None:
    """The same, locked: whoever else does something with it waits until this transaction ends."""
    taken = _of(process_id).where(draft.c.id == draft_id).with_for_update()
    row = (await session.execute(taken)).one_or_none()
    return None if row is None else StoredDraft(*row)


async def being_written(session: Session, process_id: str, most: int) -> Sequence[StoredDraft]:
    """Those of the process that are neither given up nor opened, what was changed last first."""
    theirs = _of(process_id).where(draft.c.dropped.is_(None), ~_has_opened())
    theirs = theirs.order_by(draft.c.changed.desc(), draft.c.id)
    return [StoredDraft(*row) for row in await session.execute(theirs.limit(most))]


async def write(session: Session, draft_id: str, content: str, staff_id: str, now: datetime) -> None:
    changed = {"content": content, "edition": draft.c.edition + 1, "staff_id": staff_id, "changed": now}
    await session.execute(update(draft).where(draft.c.id == draft_id).values(changed))


async def drop(session: Session, draft_id: str, now: datetime) -> None:
    """It is given up."""
    await session.execute(update(draft).where(draft.c.id == draft_id).values(dropped=now))


async def has_opened(session: Session, draft_id: str) -> bool:
    """As it is now, where whoever opened it was waited for."""
    return bool((await session.execute(select(_has_opened()).where(draft.c.id == draft_id))).scalar_one())


def _of(process_id: str) -> Any:
    columns = [draft.c[part.name] for part in fields(StoredDraft)[:-1]]
    return select(*columns, _has_opened()).where(draft.c.process_id == process_id)


def _has_opened() -> ColumnElement[bool]:
    """Whoever opens it holds the opening, and not the draft: then nobody who writes at it waits against them."""
    left = exists().where(opening.c.draft_id == draft.c.id, opening.c.state == SendingState.LEFT)
    return left.correlate(draft)
