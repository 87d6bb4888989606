"""The outbox: every message that leaves, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import people
from storage.columns import Moment
from storage.database import Session
from storage.keys import Keyring, Unreadable
from storage.tables import ACTIVE, address, broadcast, delivery, is_to_come, is_under_way, person, report, waits
from storage.together import Writes, write

REPLY, NOTICE, BULLETIN = 0, 1, 2
"""The lanes: the lower leaves first."""

RANK = {"unknown": 0, "sending": 0, "sent": 1, "failed": 2, "delivered": 3}
"""What a platform's later word may change: only to a higher one."""
UNREADABLE_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send, once, before its lease ends."""

    id: str
    address: str
    to: str = field(repr=False)
    language: str
    body: str | None = field(repr=False)
    """What a reply says, as the handlers wrote it; None when it belongs to a broadcast."""
    broadcast: str | None
    renditions: str | None = field(repr=False)
    attempts: int
    not_after: datetime | None


async def claim(
    session: Session, keys: Keyring, channel: str, owner: str, now: datetime, lease: datetime, most: int
) -> list[Claimed]:
    """Take up to `most` deliveries that may leave now: they are `sending`, ours, and shown so once this commits.

    In order: replies before notices before bulletins; one reply of a person after the other; nobody who said STOP.
    """
    values = {"by": channel, "now": now, "most": most, "claimant": owner, "until": lease}
    taken = (await session.execute(_taking(session.dialect.name), values)).scalars()
    return await _whole(session, keys, list(taken), now)


@cache
def _taking(dialect: str) -> Executable:
    # Chosen apart, so that PostgreSQL chooses once: inside the update it may choose, and lock, again for each row.
    chosen = (
        _may_leave()
        .limit(bindparam("most", type_=Integer))
        # The address too: whoever says STOP at this instant holds it, and nothing is claimed meanwhile.
        .with_for_update(of=[delivery, address], skip_locked=True, key_share=True)
        .cte("chosen")
    )
    ids = select(chosen.c.id)
    is_chosen = (
        delivery.c.id.in_(ids)
        if dialect == "sqlite"
        # As an array they are looked up one by one, whatever PostgreSQL believes to be cheaper.
        else delivery.c.id == any_(func.array(ids.scalar_subquery(), type_=ARRAY(Text)))
    )
    return (
        update(delivery)
        .where(is_chosen)
        .values(state="sending", owner=bindparam("claimant"), lease=bindparam("until", type_=Moment()))
        .returning(delivery.c.id)
    )


def _may_leave() -> Select[Any]:
    """Ordered as the index is; within one address `_is_next` leaves no choice."""
    now = bindparam("now", type_=Moment())
    return (
        select(delivery.c.id)
        .join(address, address.c.id == delivery.c.address_id)
        .where(
            waits(delivery),
            delivery.c.channel == bindparam("by"),
            delivery.c.due <= now,
            or_(delivery.c.not_after.is_(None), delivery.c.not_after > now),
            or_(address.c.reach == ACTIVE, delivery.c.despite_stop),
            _is_next(),
        )
        .order_by(delivery.c.lane, delivery.c.due)
    )


def _is_next() -> ColumnElement[bool]:
    """No earlier reply to the same person is still on its way."""
    earlier = delivery.alias("earlier")
    return or_(
        delivery.c.lane != REPLY,
        ~exists().where(
            earlier.c.address_id == delivery.c.address_id,
            earlier.c.lane == REPLY,
            is_to_come(earlier),
            tuple_(earlier.c.turn, earlier.c.part) < tuple_(delivery.c.turn, delivery.c.part),
        ),
    )


async def _whole(session: Session, keys: Keyring, ids: Sequence[str], now: datetime) -> list[Claimed]:
    if not ids:
        return []
    rows = await session.execute(
        select(
            delivery.c.id,
            delivery.c.body,
            delivery.c.attempts,
            delivery.c.not_after,
            delivery.c.broadcast_id,
            broadcast.c.renditions,
            address.c.id.label("address_id"),
            address.c.external,
            person.c.id.label("person_id"),
            person.c.language,
            person.c.key,
            person.c.key_epoch,
        )
        .join(address, address.c.id == delivery.c.address_id)
        .join(person, person.c.id == delivery.c.person_id)
        .outerjoin(broadcast, broadcast.c.id == delivery.c.broadcast_id)
        .where(delivery.c.id.in_(ids))
        .order_by(delivery.c.lane, delivery.c.due, delivery.c.turn, delivery.c.part)
    )
    claimed = []
    for row in rows:
        try:
            claimed.append(_claimed(keys, row))
        except Unreadable:
            # Neither lost, if the key comes back, nor in the way of everybody else's.
            await _put_off(session, row.id, now + UNREADABLE_PAUSE)
    return claimed


async def _put_off(session: Session, name: str, due: datetime) -> None:
    put_off = {"state": "queued", "code": "unreadable", "due": due, "owner": None, "lease": None}
    await session.execute(update(delivery).where(delivery.c.id == name).values(put_off))


def _claimed(keys: Keyring, row: Any) -> Claimed:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    return Claimed(
        id=row.id,
        address=row.address_id,
        to=key.open(row.external, address.c.external, row.address_id),
        language=row.language,
        body=None if row.body is None else key.open(row.body, delivery.c.body, row.id),
        broadcast=row.broadcast_id,
        renditions=row.renditions,
        attempts=row.attempts,
        not_after=row.not_after,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one send."""

    id: str
    state: str
    provider_id: str | None = None
    segments: int | None = None
    code: str | None = None
    due: datetime | None = None
    """When to try again; only with the state "queued"."""
    attempts: int = 0
    """How often the platform has been asked and did not take it."""
    reach: str | None = None
    """What the address has become, when the platform said so."""
    address: str = ""


async def settle(session: Session, owner: str, outcomes: Iterable[Outcome]) -> None:
    """Write down what became of sends, each only if it is still ours: a late word of a lapsed lease changes nothing.

    The text of what has left, or never will, is erased: a vote or a status would still be told by it.
    """
    writes = Writes()
    gone: dict[str, str] = {}
    for outcome in outcomes:
        again = {"body": None} if outcome.due is None else {"due": outcome.due}
        writes.change(
            delivery,
            ("id", "owner"),
            id=outcome.id,
            owner=owner,
            state=outcome.state,
            provider_id=outcome.provider_id,
            segments=outcome.segments,
            code=outcome.code,
            attempts=outcome.attempts,
            lease=None,
            **again,
        )
        if outcome.reach is not None:
            gone[outcome.address] = outcome.reach
    await write(session, writes)
    for name, reach in gone.items():
        await people.reach(session, name, reach)
        await cancel(session, name, "gone")


async def abandon(session: Session, now: datetime, everybody: bool = False) -> int:
    """What was being sent by a worker that is no more becomes `unknown`. `everybody`: no worker is alive but us."""
    lapsed = is_under_way(delivery)
    if not everybody:
        lapsed = and_(lapsed, delivery.c.lease < now)
    found = await session.execute(
        update(delivery).where(lapsed).values(state="unknown", code="crash", body=None, owner=None, lease=None)
    )
    return found.rowcount


async def expire(session: Session, now: datetime) -> int:
    """What should have left by now and did not, will not."""
    found = await session.execute(
        update(delivery)
        .where(waits(delivery), delivery.c.not_after <= now)
        .values(state="expired", code="not_after", body=None)
    )
    return found.rowcount


async def cancel_unreachable(session: Session) -> int:
    """What went back to waiting, or was only then made, while the person left or was lost: it does not leave later."""
    left = select(address.c.id).where(address.c.reach != ACTIVE)
    found = await session.execute(
        update(delivery)
        .where(waits(delivery), ~delivery.c.despite_stop, delivery.c.address_id.in_(left))
        .values(state="cancelled", code="unreachable", body=None)
    )
    return found.rowcount


async def cancel(session: Session, address_id: str, why: str) -> None:
    """Nothing that waits for this address leaves."""
    await session.execute(
        update(delivery)
        .where(delivery.c.address_id == address_id, waits(delivery))
        .values(state="cancelled", code=why, body=None)
    )


async def note(session: Session, delivery_id: str, provider_id: str, status: str, code: str, now: datetime) -> None:
    """Append a platform's later word. The same word again changes nothing; nothing is kept of who was forgotten."""
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(report)
    word = select(
        delivery.c.id,
        literal(provider_id, Text()),
        literal(status, Text()),
        literal(code, Text()),
        literal(now, Moment()),
    ).where(delivery.c.id == delivery_id, delivery.c.person_id.is_not(None))
    columns = ["delivery_id", "provider_id", "status", "code", "at"]
    await session.execute(added.from_select(columns, word).on_conflict_do_nothing())


async def reduce(session: Session, delivery_id: str, state: str, provider_id: str, code: str | None) -> str | None:
    """Let a platform's word count, if it outranks what we know; gives the address that it concerned."""
    lower = [known for known, rank in RANK.items() if rank < RANK[state]]
    changed = await session.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.state.in_(lower))
        .values(
            state=state,
            provider_id=case((delivery.c.person_id.is_not(None), provider_id)),
            code=code,
            body=None,
            owner=None,
            lease=None,
        )
        .returning(delivery.c.address_id)
    )
    row = changed.one_or_none()
    return None if row is None else row.address_id


async def counts(session: Session, broadcast_id: str) -> Mapping[str, int]:
    """How many deliveries of a broadcast are in which state."""
    rows = await session.execute(
        select(delivery.c.state, func.count().label("number"))
        .where(delivery.c.broadcast_id == broadcast_id)
        .group_by(delivery.c.state)
    )
    return {row.state: row.number for row in rows}


async def waiting(session: Session, now: datetime) -> int:
    """How many may leave now and have not."""
    found = select(func.count()).where(waits(delivery), delivery.c.due <= now)
    return (await session.execute(found)).scalar_one()
