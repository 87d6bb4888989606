"""What may leave of the outbox now, in the one statement that takes it."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Date,
    Executable,
    FromClause,
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
    union_all,
    update,
)

from storage._ground.columns import Moment
from storage._ground.members import bound
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox.deliveries import NEVER
from storage.reaches import ACTIVE
from storage.states import BroadcastState, State
from storage.tables import (
    address,
    broadcast,
    circuit,
    delivery,
    is_notice_to_come,
    is_reply_to_come,
    is_under_way,
    participation,
    waits_in_line,
    waits_to_reply,
)

HELD = (BroadcastState.PAUSING, BroadcastState.PAUSED, BroadcastState.CANCELLING)
"""The states of a broadcast of which nothing is claimed."""


@cache
def taking(dialect: str) -> Executable:
    most = bindparam("most", type_=Integer)
    least = func.min if dialect == "sqlite" else func.least
    # Lane by lane, so that in each the index is read only up to what is due: what is put off costs nothing.
    lanes = [_may_leave(lane).limit(most).subquery(f"lane{lane}") for lane in Lane]
    # Chosen apart, so that PostgreSQL chooses once: inside the update it may choose, and lock, again for each row.
    chosen = (
        union_all(*(select(lane) for lane in lanes)).limit(case((_circuit(), least(1, most)), else_=most)).cte("chosen")
    )
    unheld = _unheld(chosen, dialect).cte("unheld")
    may_go_on = or_(chosen.c.broadcast_id.is_(None), chosen.c.broadcast_id.in_(select(unheld.c.id)))
    leaves = chosen.c.ends.is_(None)
    return (
        update(delivery)
        .where(delivery.c.id == chosen.c.id, may_go_on, _is_any_of(delivery.c.id, select(chosen.c.id), dialect))
        .values(
            state=case(
                (leaves, bound(State.SENDING)),
                (chosen.c.ends.in_([Code.NOT_AFTER, Code.SHUT]), bound(State.EXPIRED)),
                else_=bound(State.CANCELLED),
            ),
            code=chosen.c.ends,
            body=case((leaves, delivery.c.body)),
            ended=case((~leaves, bindparam("today", type_=Date()))),
            owner=case((leaves, bindparam("claimant", type_=Text()))),
            lease=case((leaves, bindparam("until", type_=Moment()))),
            began=bindparam("now", type_=Moment()),
        )
        .returning(delivery.c.id, delivery.c.state, _circuit().label("probe"))
    )


def _unheld(chosen: CTE, dialect: str) -> Select[Any]:
    """The broadcasts of the chosen deliveries, each locked once: a pause or a cancellation waits for the claim's end.

    The weakest lock is enough: only a pause and a cancellation take one that conflicts with it. Deliveries of the
    broadcast can be made and changed meanwhile.
    """
    names = select(chosen.c.broadcast_id)
    return (
        select(broadcast.c.id)
        .where(_is_any_of(broadcast.c.id, names, dialect), broadcast.c.state.not_in(HELD))
        .with_for_update(of=[broadcast], read=True, key_share=True, skip_locked=True)
    )


def _is_any_of(name: ColumnElement[str], names: Select[Any], dialect: str) -> ColumnElement[bool]:
    """PostgreSQL looks up the names in an array one by one, whatever it believes to be cheaper."""
    if dialect == "sqlite":
        return name.in_(names)
    return name == any_(func.array(names.scalar_subquery(), type_=ARRAY(Text)))


def _circuit() -> ColumnElement[bool]:
    """The channel was out of order a moment ago: one delivery shows whether it still is."""
    return exists().where(circuit.c.channel == bindparam("by"))


def _may_leave(lane: Lane) -> Select[Any]:
    """What is due in one lane, in the order of its index. `ends`: the code of a delivery that ends instead of leaving.

    The address is locked too: the turn of a person who says STOP at this instant holds it, and nothing for them is
    claimed meanwhile.
    """
    now = bindparam("now", type_=Moment())
    open_ = exists().where(circuit.c.channel == bindparam("by"), circuit.c.until > now)
    waiting = (
        select(delivery.c.id, delivery.c.broadcast_id, _ends(lane, now).label("ends"))
        .join(address, address.c.id == delivery.c.address_id)
        .where(
            delivery.c.channel == bindparam("by"),
            bindparam("lowest", type_=Integer) >= lane,
            delivery.c.due <= now,
            _is_not_held(delivery),
            ~open_,
        )
        .with_for_update(of=[delivery, address], skip_locked=True, key_share=True)
    )
    if lane == Lane.REPLY:
        return waiting.where(waits_to_reply(delivery), _is_next_reply()).order_by(delivery.c.since)
    in_line = waiting.where(waits_in_line(delivery), delivery.c.lane == lane).order_by(delivery.c.due)
    return in_line.where(_is_next_notice()) if lane == Lane.NOTICE else in_line


def _is_not_held(deliveries: FromClause) -> ColumnElement[bool]:
    held = select(broadcast.c.id).where(broadcast.c.state.in_(HELD))
    return or_(deliveries.c.broadcast_id.is_(None), deliveries.c.broadcast_id.not_in(held))


def _ends(lane: Lane, now: ColumnElement[datetime]) -> ColumnElement[str | None]:
    """Why a delivery that is due ends instead of leaving: it is too late, its person cannot be written to, has left or
    has not written for too long, or its broadcast was cancelled before. Replies are of no broadcast."""
    cancelled = select(broadcast.c.id).where(broadcast.c.state == BroadcastState.CANCELLED)
    of_broadcast = (
        (delivery.c.broadcast_id.in_(cancelled), bound(Code.CANCELLED)),
        (and_(delivery.c.broadcast_id.is_not(None), _has_left()), bound(Code.LEFT)),
    )
    return case(
        (delivery.c.not_after <= now, bound(Code.NOT_AFTER)),
        (and_(~delivery.c.despite_stop, address.c.reach != ACTIVE), bound(Code.UNREACHABLE)),
        *(() if lane == Lane.REPLY else of_broadcast),
        (and_(delivery.c.code == Code.SHUT, delivery.c.began <= bindparam("silent", type_=Moment())), bound(Code.SHUT)),
    )


def _has_left() -> ColumnElement[bool]:
    """Its person left the process that tells it, perhaps while it was being made.

    Asked for as a value it is looked up for each delivery, whatever PostgreSQL believes to be cheaper.
    """
    process = select(broadcast.c.process_id).where(broadcast.c.id == delivery.c.broadcast_id).correlate(delivery)
    left = (
        select(participation.c.left)
        .where(participation.c.process_id == process.scalar_subquery())
        .where(participation.c.person_id == delivery.c.person_id)
        .correlate(delivery)
    )
    return left.scalar_subquery().is_not(None)


def _is_next_reply() -> ColumnElement[bool]:
    """No earlier reply to the same person is still on its way.

    The question is "which reply is the first?": one look into the index for each person. "Is there an earlier one?"
    would be a join, and as long as PostgreSQL believes that hardly anything waits, it reads the whole index for each
    row of a join.
    """
    earlier = delivery.alias("earlier")
    return _is_first(earlier, is_reply_to_come(earlier), earlier.c.turn, earlier.c.part)


def _is_next_notice() -> ColumnElement[bool]:
    """No notice to the same person that was made earlier is still on its way.

    What waits for somebody to do something (its person to write, or its broadcast to be resumed) is in nobody's way.
    """
    earlier = delivery.alias("earlier")
    has_its_moment = or_(
        func.coalesce(earlier.c.code, "") != Code.SHUT, earlier.c.due <= bindparam("now", type_=Moment())
    )
    will_leave = and_(has_its_moment, earlier.c.due < literal(NEVER, Moment()), _is_not_held(earlier))
    is_in_the_way = and_(is_notice_to_come(earlier), or_(is_under_way(earlier), will_leave))
    return _is_first(earlier, is_in_the_way, earlier.c.since)


def _is_first(
    earlier: FromClause, is_in_the_way: ColumnElement[bool], *order: ColumnElement[Any]
) -> ColumnElement[bool]:
    first = (
        select(earlier.c.id)
        .where(earlier.c.address_id == delivery.c.address_id, is_in_the_way)
        .order_by(*order)
        .limit(1)
    )
    return delivery.c.id == first.correlate(delivery).scalar_subquery()
