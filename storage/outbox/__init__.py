"""Looking at the outbox: what waits and for how long, what is out of order, what has died, and trying that again."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
    update,
)

from storage import circuits
from storage._ground.columns import Moment
from storage._ground.database import Session
from storage._ground.members import numbered
from storage.addresses import has_an_address
from storage.circuits import OpenCircuit
from storage.lanes import Lane
from storage.states import State
from storage.tables import delivery, is_under_way, is_unnoticed, waits_in_line, waits_to_reply

MOST_COUNTED = 1000
"""A count of this means this many or more: nobody needs it more exactly, and counting a million would take long."""


@dataclass(frozen=True, slots=True)
class WaitingLane:
    """What waits in one lane of one channel, up to `MOST_COUNTED` of each kind.

    `oldest`: since when the first of it could have left.
    """

    channel: str
    lane: Lane
    due: int
    later: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The outbox at a glance."""

    lanes: Sequence[WaitingLane]
    sending: int
    unknown: dict[str, int]
    """By channel, without what an operator has acknowledged."""
    circuits: Sequence[OpenCircuit]


async def overview(session: Session, now: datetime) -> Overview:
    """Reads partial indexes only, so that it takes no longer when millions of deliveries wait or have ended."""
    sending = (await session.execute(select(func.count()).where(is_under_way(delivery)))).scalar_one()
    unknown = await session.execute(
        select(delivery.c.channel, func.count()).where(is_unnoticed(delivery)).group_by(delivery.c.channel)
    )
    return Overview(
        await _lanes(session, now),
        sending,
        {row[0]: row[1] for row in unknown},
        await circuits.broken(session),
    )


@dataclass(frozen=True, slots=True)
class Reasons:
    """What was sent on one channel, and for which codes how many of it failed."""

    channel: str
    sent: int
    failed: Mapping[str, int]


async def reasons(session: Session, since: date) -> list[Reasons]:
    """Counts every delivery that was sent to a platform and has ended since that day."""
    rows = await session.execute(
        select(delivery.c.channel, delivery.c.state, delivery.c.code, func.count())
        .where(delivery.c.ended >= since, delivery.c.state.in_([State.SENT, State.DELIVERED, State.FAILED]))
        .group_by(delivery.c.channel, delivery.c.state, delivery.c.code)
    )
    sent: Counter[str] = Counter()
    failed: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for channel, state, code, number in rows:
        sent[channel] += number
        if state == State.FAILED:
            failed[channel][code or ""] = number
    return [Reasons(channel, number, failed[channel]) for channel, number in sorted(sent.items())]


async def late(session: Session, before: datetime) -> int:
    """How many deliveries that were due before that moment still wait; at most `MOST_COUNTED` of a lane."""
    rows = await session.execute(_counting_due(), {"now": before})
    return sum(rows.scalars())


async def _lanes(session: Session, now: datetime) -> list[WaitingLane]:
    rows = await session.execute(_counting(), {"now": now})
    return [
        WaitingLane(row.channel, Lane(row.lane), row.due, row.later, row.oldest) for row in rows if row.due or row.later
    ]


@cache
def _counting_due() -> CompoundSelect[Any]:
    due = [select(_number(_first(channels, lane, _is_due()))).select_from(channels) for lane, channels in _places()]
    return union_all(*due)


@cache
def _counting() -> CompoundSelect[Any]:
    return union_all(*(_lane(channels, lane) for lane, channels in _places())).order_by("channel", "lane")


def _places() -> Sequence[tuple[Lane, CTE]]:
    """The lanes, each with the channels in which something may wait in it."""
    replies, line = _channels("reply_channels", waits_to_reply), _channels("line_channels", waits_in_line)
    return (Lane.REPLY, replies), (Lane.NOTICE, line), (Lane.BULLETIN, line)


def _channels(name: str, is_meant: Callable[[FromClause], ColumnElement[bool]]) -> CTE:
    """The channels in which something waits, each found by one look into the index; the last row is None."""
    waiting = delivery.alias()
    following = select(waiting.c.channel).where(is_meant(waiting)).order_by(waiting.c.channel).limit(1)
    named = select(following.scalar_subquery().label("channel")).cte(name, recursive=True)
    behind = following.where(waiting.c.channel > named.c.channel).correlate(named).scalar_subquery()
    return named.union_all(select(behind).where(named.c.channel.is_not(None)))


def _lane(channels: CTE, lane: Lane) -> Select[Any]:
    due, later = _first(channels, lane, _is_due()), _first(channels, lane, ~_is_due())
    return select(
        channels.c.channel,
        numbered(lane).label("lane"),
        _number(due).label("due"),
        _number(later).label("later"),
        select(func.min(due.c.due)).scalar_subquery().label("oldest"),
    ).where(channels.c.channel.is_not(None))


def _is_due() -> ColumnElement[bool]:
    return delivery.c.due <= bindparam("now", type_=Moment())


def _number(rows: Subquery) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows).scalar_subquery()


def _first(channels: CTE, lane: Lane, condition: ColumnElement[bool]) -> Subquery:
    """The first deliveries of a lane in each of these channels, in the order of the lane's index."""
    is_reply = lane == Lane.REPLY
    is_meant = waits_to_reply(delivery) if is_reply else and_(waits_in_line(delivery), delivery.c.lane == lane)
    return (
        select(delivery.c.due)
        .where(is_meant, delivery.c.channel == channels.c.channel, condition)
        .order_by(delivery.c.since if is_reply else delivery.c.due)
        .limit(MOST_COUNTED)
        .correlate(channels)
        .subquery()
    )


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery that has failed, or whose fate is unknown; never to whom, never with its words."""

    id: str
    channel: str
    lane: Lane
    state: State
    code: str
    ended: date
    broadcast: str | None


async def dead(session: Session, most: int, channel: str = "", code: str = "") -> list[Dead]:
    """The newest, without those of unknown fate that an operator has acknowledged."""
    query = select(
        delivery.c.id,
        delivery.c.channel,
        delivery.c.lane,
        delivery.c.state,
        func.coalesce(delivery.c.code, ""),
        delivery.c.ended,
        delivery.c.broadcast_id,
    ).where(
        delivery.c.ended.is_not(None),
        or_(delivery.c.state == State.FAILED, is_unnoticed(delivery)),
    )
    if channel:
        query = query.where(delivery.c.channel == channel)
    if code:
        query = query.where(delivery.c.code == code)
    rows = await session.execute(query.order_by(delivery.c.ended.desc()).limit(most))
    return [Dead(row[0], row[1], Lane(row[2]), State(row[3]), *row[4:]) for row in rows]


async def retry(session: Session, now: datetime, ids: Sequence[str] = (), code: str = "") -> int:
    """Queue failed deliveries once more, by their ids or all that failed with one code; gives how many.

    Only those of broadcasts. The text of a failed reply is erased: its person has to ask again.
    """
    is_chosen = or_(delivery.c.id.in_(ids), delivery.c.code == code if code else delivery.c.id.in_([]))
    retried = await session.execute(
        update(delivery)
        .where(
            is_chosen,
            delivery.c.state == State.FAILED,
            delivery.c.ended.is_not(None),
            delivery.c.broadcast_id.is_not(None),
            has_an_address(),
            or_(delivery.c.not_after.is_(None), delivery.c.not_after > now),
        )
        .values(state=State.QUEUED, due=now, attempts=0, segments=None, ended=None, code=None)
    )
    return retried.rowcount


async def acknowledge(session: Session, now: datetime, ids: Sequence[str] = (), channel: str = "") -> int:
    """Write down that an operator knows of deliveries of unknown fate, by their ids or all of a channel.

    Gives how many no operator knew of before. They stay counted as unknown and may still be settled; only nobody is
    alarmed by them any more.
    """
    is_chosen = or_(delivery.c.id.in_(ids), delivery.c.channel == channel)
    acknowledged = await session.execute(
        update(delivery).where(is_chosen, is_unnoticed(delivery)).values(acknowledged=now.date())
    )
    return acknowledged.rowcount
