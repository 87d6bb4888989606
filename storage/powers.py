"""The open rounds by which councils use their powers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, or_, select

from storage._ground.database import Session
from storage.states import Power, SendingState
from storage.tables import opening, roll, sending
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class Deciding:
    """A round that is open, by which a council uses a power."""

    round: str
    process: str
    power: Power
    content: str = field(repr=False)
    """As the handlers wrote it: it says which council."""
    have_all_voted: bool
    """Nobody is on the roll, or not any more, who has not voted."""
    is_awaited: bool
    """Something waits for what comes of it."""


async def deciding(session: Session) -> Sequence[Deciding]:
    """Those of all processes, in the order of their ids."""
    rows = await session.execute(_open().order_by(round_.c.id))
    return [_read(row) for row in rows]


async def still_deciding(session: Session, round_id: str) -> Deciding | None:
    """None: it is over. Locked: nobody votes in it, or closes it, before this transaction ends."""
    await session.execute(select(round_.c.id).where(round_.c.id == round_id).with_for_update())
    row = (await session.execute(_open().where(round_.c.id == round_id))).one_or_none()
    return None if row is None else _read(row)


def _open() -> Select[Any]:
    is_missing = exists().where(roll.c.round_id == round_.c.id, ~roll.c.voted)
    waits = (
        exists().where(table.c.round_id == round_.c.id, table.c.state == SendingState.WITH_COUNCIL)
        for table in (sending, opening)
    )
    columns = (round_.c.id, round_.c.process_id, round_.c.power, round_.c.content)
    found = select(*columns, (~is_missing).label("have_all_voted"), or_(*waits).label("is_awaited"))
    return found.where(round_.c.power.is_not(None), round_.c.closed.is_(None))


def _read(row: Any) -> Deciding:
    return Deciding(
        row.id, row.process_id, Power(row.power), row.content, bool(row.have_all_voted), bool(row.is_awaited)
    )
