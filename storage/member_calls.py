"""Calls for members of a council: open until a day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from storage._ground.database import Session
from storage.tables import member_call


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that opens."""

    id: str
    process_id: str
    council_id: str
    content: str = field(repr=False)
    """A JSON text that the handlers wrote."""
    opened: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class StoredCall(NewCall):
    """A call as it stands."""

    closed: datetime | None
    """When its candidates were drawn, or it was ended before its day; None: neither."""


async def add(session: Session, new: NewCall) -> None:
    await session.execute(insert(member_call).values(asdict(new)))


async def get(session: Session, process_id: str, call_id: str, lock: bool = False) -> StoredCall | None:
    """None when the process has none of this id."""
    found = _of(process_id).where(member_call.c.id == call_id)
    row = (await session.execute(found.with_for_update() if lock else found)).one_or_none()
    return None if row is None else StoredCall(*row)


async def of_council(session: Session, process_id: str, council_id: str) -> Sequence[StoredCall]:
    """Those of a council, the newest first."""
    theirs = _of(process_id).where(member_call.c.council_id == council_id)
    rows = await session.execute(theirs.order_by(member_call.c.opened.desc(), member_call.c.id))
    return [StoredCall(*row) for row in rows]


async def close(session: Session, process_id: str, call_id: str, now: datetime) -> bool:
    """Nobody stands for it any more. False when it had been closed before, or there is none."""
    its = (member_call.c.process_id == process_id, member_call.c.id == call_id, member_call.c.closed.is_(None))
    return bool((await session.execute(update(member_call).where(*its).values(closed=now))).rowcount)


def _of(process_id: str) -> Select[Any]:
    columns = [member_call.c[part.name] for part in fields(StoredCall)]
    return select(*columns).where(member_call.c.process_id == process_id)
