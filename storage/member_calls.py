"""Calls for members of a council: requested, approved, open until a day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from storage._ground.database import Session
from storage.states import SendingState
from storage.tables import member_call


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it stands."""

    id: str
    council: str
    content: str = field(repr=False)
    """A JSON text that the handlers wrote."""
    hash: str
    state: SendingState
    requested_by: str
    requested: datetime
    approved_by: str | None
    opened: datetime | None
    closes: datetime
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that somebody of the staff wants to be opened."""

    id: str
    process_id: str
    council_id: str
    content: str = field(repr=False)
    hash: str
    requested_by: str
    requested: datetime
    closes: datetime


async def add(session: Session, new: NewCall) -> None:
    values = asdict(new) | {"state": SendingState.REQUESTED}
    await session.execute(insert(member_call).values(values))


async def get(session: Session, process_id: str, call_id: str, lock: bool = False) -> StoredCall | None:
    """None when the process has none of this id."""
    found = _of(process_id).where(member_call.c.id == call_id)
    row = (await session.execute(found.with_for_update() if lock else found)).one_or_none()
    return None if row is None else _read(row)


async def of_council(session: Session, process_id: str, council_id: str) -> Sequence[StoredCall]:
    """Those of a council, the newest first."""
    theirs = _of(process_id).where(member_call.c.council_id == council_id)
    rows = await session.execute(theirs.order_by(member_call.c.requested.desc(), member_call.c.id))
    return [_read(row) for row in rows]


async def open_(session: Session, process_id: str, call_id: str, staff_id: str, now: datetime) -> None:
    """It is approved: people can put themselves forward."""
    its = (member_call.c.process_id == process_id, member_call.c.id == call_id)
    values = {"state": SendingState.LEFT, "approved_by": staff_id, "opened": now}
    await session.execute(update(member_call).where(*its).values(values))


async def end(session: Session, process_id: str, call_id: str, state: SendingState) -> None:
    """It is never opened."""
    its = (member_call.c.process_id == process_id, member_call.c.id == call_id)
    await session.execute(update(member_call).where(*its).values(state=state))


async def close(session: Session, process_id: str, call_id: str, now: datetime) -> bool:
    """Nobody stands for it any more. False when it is not open, or had been closed before."""
    its = (member_call.c.process_id == process_id, member_call.c.id == call_id, member_call.c.closed.is_(None))
    closing = update(member_call).where(*its, member_call.c.opened.is_not(None)).values(closed=now)
    return bool((await session.execute(closing)).rowcount)


def _of(process_id: str) -> Select[Any]:
    names = ("id", "council_id", "content", "hash", "state", "requested_by", "requested", "approved_by", "opened")
    columns = [member_call.c[name] for name in (*names, "closes", "closed")]
    return select(*columns).where(member_call.c.process_id == process_id)


def _read(row: Any) -> StoredCall:
    values = [*row]
    values[4] = SendingState(row.state)
    return StoredCall(*values)
