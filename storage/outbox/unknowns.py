"""Deliveries of unknown fate: counted, asked about where the platform can be asked, and never sent again blindly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from storage._ground.database import Session
from storage.addresses import has_an_address
from storage.codes import Code
from storage.keys import Keyring, Unreadable
from storage.lanes import Lane
from storage.states import BroadcastState, State
from storage.tables import (
    address,
    broadcast,
    delivery,
    is_under_way,
    is_unknown,
    person,
    report,
    waits,
)


async def abandon(session: Session, now: datetime, everybody: bool = False) -> int:
    """Deliveries that were being sent by a worker that seems dead become unknown; gives how many.

    `everybody`: no other worker is alive. The owner and the text stay in the row: if that worker is alive after all,
    it knows what became of the delivery, or that it never left.
    """
    lapsed = is_under_way(delivery)
    if not everybody:
        lapsed = and_(lapsed, delivery.c.lease < now)
    # A worker that still locks one of them is alive, and is not waited for.
    free = select(delivery.c.id).where(lapsed).with_for_update(skip_locked=True)
    lost = (
        update(delivery)
        .where(delivery.c.id.in_(free))
        .values(state=State.UNKNOWN, code=Code.CRASH, lease=None, ended=now.date())
    )
    return (await session.execute(lost)).rowcount


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A delivery that a platform can be asked about."""

    id: str
    person: str
    address: str
    to: str = field(repr=False)
    began: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """On which channel, and between which moments, deliveries were begun."""

    channel: str
    after: datetime
    before: datetime

    def holds(self) -> ColumnElement[bool]:
        return and_(delivery.c.channel == self.channel, delivery.c.began > self.after, delivery.c.began < self.before)


async def to_ask(session: Session, keys: Keyring, begun: Begun, now: datetime, most: int) -> list[UnknownDelivery]:
    """The deliveries of unknown fate that were begun there and then, and are due to be asked about."""
    rows = await session.execute(
        select(
            delivery.c.id, delivery.c.began, address.c.id.label("address_id"), address.c.external,
            person.c.id.label("person_id"), person.c.key, person.c.key_epoch,
        )
        .join(address, address.c.id == delivery.c.address_id)
        .join(person, person.c.id == delivery.c.person_id)
        .where(
            is_unknown(delivery), begun.holds(), delivery.c.due <= now,
            delivery.c.code.is_distinct_from(Code.RESTORED),
        )
        .order_by(delivery.c.began)
        .limit(most)
    )  # fmt: skip
    unknown = []
    for row in rows:
        try:
            key = keys.unwrap(row.person_id, row.key, row.key_epoch)
            to = key.open(row.external, address.c.external, row.address_id)
        except Unreadable:
            continue
        unknown.append(UnknownDelivery(row.id, row.person_id, row.address_id, to, row.began))
    return unknown


async def ask_later(session: Session, ids: Sequence[str], due: datetime) -> None:
    """Let the platform be asked about these deliveries again, but not before `due`."""
    await session.execute(update(delivery).where(delivery.c.id.in_(ids), is_unknown(delivery)).values(due=due))


async def claimed(session: Session, people: Sequence[str]) -> dict[str, bool]:
    """The platform's ids that deliveries to these people have, and whether each is certain.

    Certain is what the platform said itself, when it took the message or in a report; only `Code.FOUND` is a guess.
    """
    is_theirs = delivery.c.person_id.in_(people)
    is_certain = delivery.c.code.is_distinct_from(Code.FOUND)
    now_theirs = select(delivery.c.provider_id, is_certain.label("certain")).where(
        is_theirs, delivery.c.provider_id.is_not(None)
    )
    # Of the attempts before, too.
    once_theirs = select(report.c.provider_id, report.c.code != Code.FOUND).where(
        report.c.delivery_id.in_(select(delivery.c.id).where(is_theirs))
    )
    certain: dict[str, bool] = {}
    for provider_id, now_certain in await session.execute(now_theirs.union_all(once_theirs)):
        certain[provider_id] = certain.get(provider_id, False) or now_certain
    return certain


@dataclass(frozen=True, slots=True)
class Claimant:
    """A delivery that has no message in the platform's list yet, and may have one."""

    id: str
    address: str
    began: datetime


async def claimants(session: Session, people: Sequence[str]) -> list[Claimant]:
    """The deliveries to these people that are of unknown fate, being sent, or known to have arrived by their answer."""
    arrived = and_(delivery.c.state == State.DELIVERED, delivery.c.provider_id.is_(None))
    query = select(delivery.c.id, delivery.c.address_id, delivery.c.began).where(
        delivery.c.person_id.in_(people),
        delivery.c.began.is_not(None),
        or_(is_unknown(delivery), is_under_way(delivery), arrived),
    )
    return [Claimant(*row) for row in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """The turn at an address whose question somebody has answered there."""

    address: str
    turn: int


async def arrived(session: Session, answered: Sequence[AnsweredTurn], now: datetime) -> None:
    """A person who answers a question has got the message that asked it: the last part of that turn's reply."""
    later = delivery.alias("later")
    is_last = ~exists().where(
        later.c.person_id == delivery.c.person_id,
        later.c.broadcast_id.is_(None),
        later.c.address_id == delivery.c.address_id,
        later.c.lane == Lane.REPLY,
        later.c.turn == delivery.c.turn,
        later.c.part > delivery.c.part,
    )
    for turn in sorted(answered, key=lambda turn: turn.address):
        its = and_(
            is_unknown(delivery),
            delivery.c.address_id == turn.address,
            delivery.c.lane == Lane.REPLY,
            delivery.c.turn == turn.turn,
        )
        # Another transaction that locks it is just writing down what became of it.
        free = select(delivery.c.id).where(its, is_last).with_for_update(skip_locked=True)
        values = {"state": State.DELIVERED, "code": None, "body": None, "ended": now.date()}
        await session.execute(update(delivery).where(delivery.c.id.in_(free)).values(values))


async def resend(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Queue deliveries once more that the platform certainly never had; none leaves a third time. Gives how many."""
    return await _again(session, delivery.c.id.in_(ids), now)


async def resend_allowed(session: Session, begun: Begun, now: datetime) -> int:
    """Queue deliveries once more that nobody can be asked about, if their broadcast allows that they come twice."""
    allowed = select(broadcast.c.id).where(broadcast.c.again)
    return await _again(
        session,
        and_(
            begun.holds(),
            delivery.c.broadcast_id.in_(allowed),
        ),
        now,
    )


async def _again(session: Session, condition: ColumnElement[bool], now: datetime) -> int:
    """Not a reply without its text, not what a human has to decide about, and not what is too late."""
    resent = await session.execute(
        update(delivery)
        .where(
            condition,
            is_unknown(delivery),
            ~delivery.c.resent,
            has_an_address(),
            delivery.c.code.is_distinct_from(Code.RESTORED),
            or_(delivery.c.body.is_not(None), delivery.c.broadcast_id.is_not(None)),
            or_(delivery.c.not_after.is_(None), delivery.c.not_after > now),
        )
        .values(state=State.QUEUED, due=now, code=Code.RESENT, resent=True, owner=None, ended=None, acknowledged=None)
    )
    return resent.rowcount


async def give_up(session: Session, before: datetime) -> int:
    """Erase the texts of deliveries that have been unknown for too long: they stay unknown. Gives how many."""
    given_up = await session.execute(
        update(delivery)
        .where(is_unknown(delivery), delivery.c.began < before, delivery.c.body.is_not(None))
        .values(body=None)
    )
    return given_up.rowcount


async def hold(session: Session, now: datetime) -> int:
    """Hold back everything that would leave, because this database may be an old copy; gives how many deliveries.

    They become unknown, and broadcasts that were not done are paused, until a human decides by `release` or `drop`.
    """
    goes_on = broadcast.c.state.in_([BroadcastState.RUNNING, BroadcastState.RESUMING])
    undone = update(broadcast).where(broadcast.c.expanded.is_(False), goes_on)
    await session.execute(undone.values(state=BroadcastState.PAUSED))
    return await _lose_all(session, or_(waits(delivery), is_under_way(delivery)), now)


async def _lose_all(session: Session, condition: ColumnElement[bool], now: datetime) -> int:
    lost = update(delivery).where(condition).values(state=State.UNKNOWN, code=Code.RESTORED, ended=now.date())
    return (await session.execute(lost.values(owner=None, lease=None))).rowcount


async def release(session: Session, now: datetime) -> int:
    """It was no copy: queue the deliveries that were held. Gives how many."""
    released = await session.execute(
        update(delivery)
        .where(is_unknown(delivery), delivery.c.code == Code.RESTORED, has_an_address())
        .values(state=State.QUEUED, due=now, code=None, owner=None, ended=None, acknowledged=None)
    )
    return released.rowcount


async def drop(session: Session) -> int:
    """It was a copy: the deliveries that were held never leave, and stay counted as unknown. Gives how many."""
    dropped = await session.execute(
        update(delivery)
        .where(is_unknown(delivery), delivery.c.code == Code.RESTORED, delivery.c.body.is_not(None))
        .values(body=None)
    )
    return dropped.rowcount
