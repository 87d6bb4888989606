"""Consultations on their way to be opened."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from storage._ground.database import Session
from storage.sendings import ON_ITS_WAY
from storage.states import SendingState
from storage.tables import has_closed, opening


@dataclass(frozen=True, slots=True)
class NewOpening:
    """A draft that somebody wants to open. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    draft_id: str
    content: str = field(repr=False)
    hash: str
    requested_by: str
    requested: datetime


@dataclass(frozen=True, slots=True)
class StoredOpening:
    """An opening as it stands. The columns of the table, in its order."""

    id: str
    process_id: str
    draft_id: str
    content: str = field(repr=False)
    hash: str
    requested_by: str
    requested: datetime
    approved_by: str | None
    approved: datetime | None
    leaves: datetime | None
    """When it opens; None: it is not approved."""
    state: SendingState
    consultation_id: str | None
    round_id: str | None
    """In which a council votes, or voted, on its questions; None: none has."""


async def add(session: Session, new: NewOpening) -> None:
    await session.execute(insert(opening).values(state=SendingState.REQUESTED, **asdict(new)))


async def get(session: Session, process_id: str, opening_id: str) -> StoredOpening | None:
    """None when the process has none of this id."""
    row = (await session.execute(_of(process_id).where(opening.c.id == opening_id))).one_or_none()
    return None if row is None else _read(row)


async def take(session: Session, process_id: str, opening_id: str) -> StoredOpening | None:
    """The same, locked: whoever else does something with it waits until this transaction ends."""
    taken = _of(process_id).where(opening.c.id == opening_id).with_for_update()
    row = (await session.execute(taken)).one_or_none()
    return None if row is None else _read(row)


async def on_their_way(session: Session, process_id: str) -> Sequence[StoredOpening]:
    """Those of the process that wait for an approval, for a council or for their day, the longest first."""
    waiting = _of(process_id).where(opening.c.state.in_(ON_ITS_WAY))
    return [_read(row) for row in await session.execute(waiting.order_by(opening.c.requested, opening.c.id))]


async def take_due(session: Session, now: datetime) -> Sequence[StoredOpening]:
    """Those of all processes whose day has come, or on which a council has voted, locked.

    Without what another worker has taken. In the order of their processes, which are locked next, so that two workers
    never wait for each other.
    """
    is_over = and_(opening.c.state == SendingState.HELD, opening.c.leaves <= now)
    is_decided = and_(opening.c.state == SendingState.WITH_COUNCIL, has_closed(opening.c.round_id))
    due = select(*_columns()).where(or_(is_over, is_decided))
    in_order = due.order_by(opening.c.process_id, opening.c.leaves, opening.c.id)
    return [_read(row) for row in await session.execute(in_order.with_for_update(skip_locked=True))]


async def approve(session: Session, opening_id: str, staff_id: str, approved: datetime, leaves: datetime) -> None:
    held = {"state": SendingState.HELD, "approved_by": staff_id, "approved": approved, "leaves": leaves}
    await session.execute(update(opening).where(opening.c.id == opening_id).values(held))


async def put_to_council(session: Session, opening_id: str, round_id: str) -> None:
    """It waits for what comes of this round."""
    waits = {"state": SendingState.WITH_COUNCIL, "round_id": round_id}
    await session.execute(update(opening).where(opening.c.id == opening_id).values(waits))


async def wait_for_day(session: Session, opening_id: str, leaves: datetime) -> None:
    """The council has set its questions, and it opens later."""
    held = {"state": SendingState.HELD, "leaves": leaves}
    await session.execute(update(opening).where(opening.c.id == opening_id).values(held))


async def end(session: Session, opening_id: str, state: SendingState) -> None:
    """It never opens, for this reason."""
    await session.execute(update(opening).where(opening.c.id == opening_id).values(state=state))


async def leave(session: Session, opening_id: str, consultation_id: str) -> None:
    """It has become this consultation."""
    left = {"state": SendingState.LEFT, "consultation_id": consultation_id}
    await session.execute(update(opening).where(opening.c.id == opening_id).values(left))


async def void_of(session: Session, draft_id: str) -> None:
    """Nothing of this draft opens that was on its way.

    What a worker opens at this moment is waited for, and has opened.
    """
    theirs = (opening.c.draft_id == draft_id, opening.c.state.in_(ON_ITS_WAY))
    await session.execute(update(opening).where(*theirs).values(state=SendingState.VOID))


async def void_all(session: Session, process_id: str) -> None:
    """Nothing of the process opens that was on its way.

    But what a worker opens at this moment: it waits for us, and finds that the process is closed.
    """
    theirs = select(opening.c.id).where(opening.c.process_id == process_id, opening.c.state.in_(ON_ITS_WAY))
    free = opening.c.id.in_(theirs.with_for_update(skip_locked=True))
    await session.execute(update(opening).where(free).values(state=SendingState.VOID))


def _of(process_id: str) -> Any:
    return select(*_columns()).where(opening.c.process_id == process_id)


def _columns() -> list[ColumnElement[Any]]:
    return [opening.c[part.name] for part in fields(StoredOpening)]


def _read(row: Any) -> StoredOpening:
    return StoredOpening(**row._asdict() | {"state": SendingState(row.state)})
