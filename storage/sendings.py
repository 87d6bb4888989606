"""What is on its way out: items, responses, results."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, literal, null, or_, select, union_all, update

from storage._ground.database import Session
from storage.states import SendingKind, SendingState
from storage.tables import has_closed, item, opening, sending

ON_ITS_WAY = (SendingState.REQUESTED, SendingState.HELD, SendingState.WITH_COUNCIL)
"""What may still leave."""


@dataclass(frozen=True, slots=True)
class NewSending:
    """What somebody wants to leave. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    item_id: str | None
    """None: it is no item."""
    content: str = field(repr=False)
    hash: str
    requested_by: str
    requested: datetime
    kind: SendingKind = SendingKind.ITEM
    title: str | None = field(default=None, repr=False)
    """What staff call it; None: as the item is called."""


@dataclass(frozen=True, slots=True)
class StoredSending:
    """A sending as it stands. The columns of the table, in its order."""

    id: str
    process_id: str
    kind: SendingKind
    title: str | None = field(repr=False)
    """What staff call it; None: as the item is called."""
    item_id: str | None
    """None: it is no item."""
    content: str = field(repr=False)
    hash: str
    requested_by: str
    requested: datetime
    approved_by: str | None
    approved: datetime | None
    leaves: datetime | None
    """When its hold ends; None: it is not approved."""
    reason: str | None
    """Why one person alone had to do, in an emergency; None: there was none."""
    state: SendingState
    broadcast_id: str | None
    schedule_id: str | None
    round_id: str | None
    """In which a council votes, or voted, on it; None: none has."""

    @property
    def is_emergency(self) -> bool:
        """One person alone approved it."""
        return self.reason is not None


@dataclass(frozen=True, slots=True)
class Hold:
    """Who approves a sending, and until when it is held."""

    staff_id: str
    approved: datetime
    leaves: datetime
    reason: str | None = None
    """Why one person alone has to do; None: two approve it."""


async def add(session: Session, new: NewSending) -> StoredSending:
    made = insert(sending).values(state=SendingState.REQUESTED, **asdict(new)).returning(*_columns())
    return _read((await session.execute(made)).one())


async def alike(session: Session, process_id: str, fingerprint: str) -> bool:
    """Whether the very same is on its way already."""
    theirs = (sending.c.process_id == process_id, sending.c.hash == fingerprint, sending.c.state.in_(ON_ITS_WAY))
    return (await session.execute(select(sending.c.id).where(*theirs).limit(1))).one_or_none() is not None


async def get(session: Session, process_id: str, sending_id: str) -> StoredSending | None:
    """None when the process has none of this id."""
    row = (await session.execute(_of(process_id).where(sending.c.id == sending_id))).one_or_none()
    return None if row is None else _read(row)


async def take(session: Session, process_id: str, sending_id: str) -> StoredSending | None:
    """The same, locked: whoever else does something with it waits until this transaction ends."""
    taken = _of(process_id).where(sending.c.id == sending_id).with_for_update()
    row = (await session.execute(taken)).one_or_none()
    return None if row is None else _read(row)


async def of_item(session: Session, process_id: str, item_id: str) -> Sequence[StoredSending]:
    """Those of an item of the process, the newest first."""
    theirs = _of(process_id).where(sending.c.item_id == item_id)
    rows = await session.execute(theirs.order_by(sending.c.requested.desc(), sending.c.id))
    return [_read(row) for row in rows]


async def latest(session: Session, process_id: str, most: int) -> Sequence[StoredSending]:
    """The newest of the process."""
    rows = await session.execute(_of(process_id).order_by(sending.c.requested.desc(), sending.c.id).limit(most))
    return [_read(row) for row in rows]


async def on_their_way(session: Session, process_id: str) -> Sequence[StoredSending]:
    """Those of the process that wait for an approval, for the end of their hold or for a council, the longest first."""
    waiting = _of(process_id).where(sending.c.state.in_(ON_ITS_WAY))
    return [_read(row) for row in await session.execute(waiting.order_by(sending.c.requested, sending.c.id))]


@dataclass(frozen=True, slots=True)
class WaitingSending:
    """Something on its way, without what it says: a sending, or a consultation that is to open."""

    id: str
    kind: SendingKind | None
    """None: it is a consultation."""
    item_id: str | None
    state: SendingState
    requested_by: str
    requested: datetime
    leaves: datetime | None
    reason: str | None
    title: str
    language: str
    """In which the item is written first; "" where staff call it so."""
    content: str = field(repr=False, default="")
    """Of a consultation, which has its title in it: a JSON text that the handlers wrote."""


async def waiting(session: Session, process_id: str) -> Sequence[WaitingSending]:
    """As `on_their_way`, for a list, with the consultations that wait in the same way. One statement."""
    columns = [sending.c[part.name] for part in fields(WaitingSending)[:-3]]
    title = func.coalesce(sending.c.title, item.c.title, "").label("title")
    language = func.coalesce(item.c.language, "").label("language")
    sendings = (
        select(*columns, title, language, literal("").label("content"))
        .outerjoin(item, item.c.id == sending.c.item_id)
        .where(sending.c.process_id == process_id, sending.c.state.in_(ON_ITS_WAY))
    )
    instead: dict[str, Any] = {"kind": literal(""), "item_id": null(), "reason": null()}
    same: list[Any] = [instead.get(column.name, opening.c.get(column.name)) for column in columns]
    consultations = select(*same, literal(""), literal(""), opening.c.content).where(
        opening.c.process_id == process_id, opening.c.state.in_(ON_ITS_WAY)
    )
    rows = await session.execute(union_all(sendings, consultations).order_by("requested", "id"))
    return [WaitingSending(**row._asdict() | _enums(row)) for row in rows]


async def take_due(session: Session, now: datetime) -> Sequence[StoredSending]:
    """Those of all processes whose hold has ended, or on which a council has voted, locked.

    Without what another worker has taken. In the order of their processes, which are locked next, so that two workers
    never wait for each other.
    """
    is_over = and_(sending.c.state == SendingState.HELD, sending.c.leaves <= now)
    is_decided = and_(sending.c.state == SendingState.WITH_COUNCIL, has_closed(sending.c.round_id))
    due = select(*_columns()).where(or_(is_over, is_decided))
    in_order = due.order_by(sending.c.process_id, sending.c.leaves, sending.c.id)
    return [_read(row) for row in await session.execute(in_order.with_for_update(skip_locked=True))]


async def approve(session: Session, sending_id: str, hold: Hold) -> None:
    approved = {
        "state": SendingState.HELD,
        "approved_by": hold.staff_id,
        "approved": hold.approved,
        "leaves": hold.leaves,
        "reason": hold.reason,
    }
    await session.execute(update(sending).where(sending.c.id == sending_id).values(approved))


async def put_to_council(session: Session, sending_id: str, round_id: str) -> None:
    """It waits for what comes of this round."""
    waits = {"state": SendingState.WITH_COUNCIL, "round_id": round_id}
    await session.execute(update(sending).where(sending.c.id == sending_id).values(waits))


async def end(session: Session, sending_id: str, state: SendingState) -> None:
    """It never leaves, for this reason."""
    await session.execute(update(sending).where(sending.c.id == sending_id).values(state=state))


async def leave(session: Session, sending_id: str, broadcast_id: str | None, schedule_id: str | None) -> None:
    """It has become one of these."""
    left = {"state": SendingState.LEFT, "broadcast_id": broadcast_id, "schedule_id": schedule_id}
    await session.execute(update(sending).where(sending.c.id == sending_id).values(left))


async def void_of(session: Session, item_id: str) -> int:
    """Nothing of this item leaves that was on its way; gives how many there were.

    What a worker lets leave at this moment is waited for, and has left.
    """
    theirs = (sending.c.item_id == item_id, sending.c.state.in_(ON_ITS_WAY))
    return (await session.execute(update(sending).where(*theirs).values(state=SendingState.VOID))).rowcount


async def void_all(session: Session, process_id: str) -> None:
    """Nothing of the process leaves that was on its way.

    But what a worker lets leave at this moment: it waits for us, and finds that the process is closed.
    """
    theirs = select(sending.c.id).where(sending.c.process_id == process_id, sending.c.state.in_(ON_ITS_WAY))
    free = sending.c.id.in_(theirs.with_for_update(skip_locked=True))
    await session.execute(update(sending).where(free).values(state=SendingState.VOID))


def _of(process_id: str) -> Any:
    return select(*_columns()).where(sending.c.process_id == process_id)


def _columns() -> list[ColumnElement[Any]]:
    return [sending.c[part.name] for part in fields(StoredSending)]


def _read(row: Any) -> StoredSending:
    return StoredSending(**row._asdict() | _enums(row))


def _enums(row: Any) -> dict[str, Any]:
    return {"state": SendingState(row.state), "kind": SendingKind(row.kind) if row.kind else None}
