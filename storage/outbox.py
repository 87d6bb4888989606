"""Looking at the outbox: what waits and for how long, what is out of order, what has died, and trying that again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select, update

from storage import circuits
from storage.circuits import Circuit
from storage.database import Session
from storage.tables import delivery, is_under_way, is_unnoticed, waits


@dataclass(frozen=True, slots=True)
class Lane:
    """What waits in one lane of one channel. `oldest`: since when the first of it could have left."""

    channel: str
    lane: int
    due: int
    later: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The outbox at a glance."""

    lanes: Sequence[Lane]
    sending: int
    unknown: dict[str, int]
    """By channel, without what an operator has acknowledged."""
    circuits: Sequence[Circuit]


async def overview(session: Session, now: datetime) -> Overview:
    """Counts what is on its way, by partial indexes: what has ended costs nothing here, however much it is."""
    due = delivery.c.due <= now
    lanes = await session.execute(
        select(
            delivery.c.channel,
            delivery.c.lane,
            func.count().filter(due),
            func.count().filter(~due),
            func.min(delivery.c.due).filter(due),
        )
        .where(waits(delivery))
        .group_by(delivery.c.channel, delivery.c.lane)
        .order_by(delivery.c.channel, delivery.c.lane)
    )
    sending = (await session.execute(select(func.count()).where(is_under_way(delivery)))).scalar_one()
    unknown = await session.execute(
        select(delivery.c.channel, func.count()).where(is_unnoticed(delivery)).group_by(delivery.c.channel)
    )
    return Overview(
        [Lane(*row) for row in lanes],
        sending,
        {row[0]: row[1] for row in unknown},
        await circuits.broken(session),
    )


async def late(session: Session, before: datetime) -> int:
    """How many should have left before that moment and have not."""
    found = select(func.count()).where(waits(delivery), delivery.c.due <= before)
    return (await session.execute(found)).scalar_one()


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery that has failed, or whose fate is unknown; never to whom, never with its words."""

    id: str
    channel: str
    lane: int
    state: str
    code: str
    ended: date
    broadcast: str | None


async def dead(session: Session, most: int, channel: str = "", code: str = "") -> list[Dead]:
    """The newest ones; not what is unknown and was acknowledged."""
    found = select(
        delivery.c.id,
        delivery.c.channel,
        delivery.c.lane,
        delivery.c.state,
        func.coalesce(delivery.c.code, ""),
        delivery.c.ended,
        delivery.c.broadcast_id,
    ).where(
        delivery.c.ended.is_not(None),
        or_(delivery.c.state == "failed", is_unnoticed(delivery)),
    )
    if channel:
        found = found.where(delivery.c.channel == channel)
    if code:
        found = found.where(delivery.c.code == code)
    rows = await session.execute(found.order_by(delivery.c.ended.desc()).limit(most))
    return [Dead(*row) for row in rows]


async def retry(session: Session, now: datetime, ids: Sequence[str] = (), code: str = "") -> int:
    """Failed deliveries wait once more, by their ids or all that failed with one code; gives how many.

    Only what still has its text: a broadcast's. What a person would have read in a reply is gone, they ask again.
    """
    which = or_(delivery.c.id.in_(ids), delivery.c.code == code if code else delivery.c.id.in_([]))
    found = await session.execute(
        update(delivery)
        .where(
            which,
            delivery.c.state == "failed",
            delivery.c.ended.is_not(None),
            delivery.c.broadcast_id.is_not(None),
            delivery.c.person_id.is_not(None),
            or_(delivery.c.not_after.is_(None), delivery.c.not_after > now),
        )
        .values(state="queued", due=now, attempts=0, segments=None, ended=None, code=None)
    )
    return found.rowcount


async def acknowledge(session: Session, now: datetime, ids: Sequence[str] = (), channel: str = "") -> int:
    """An operator knows of these that their fate is unknown, or of all on a channel; gives how many that is news of.

    They stay counted as unknown, and may still be settled; only nobody is alarmed any more.
    """
    which = or_(delivery.c.id.in_(ids), delivery.c.channel == channel)
    found = await session.execute(update(delivery).where(which, is_unnoticed(delivery)).values(acknowledged=now.date()))
    return found.rowcount
