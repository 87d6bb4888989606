"""What is learned of an address: whether its person can be written to there, and where else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, case, delete, exists, false, func, or_, select, true, update

from storage._ground.database import Session
from storage._ground.members import bound
from storage.broadcasts import Way, tries
from storage.codes import Code
from storage.keys import Box, PersonKey
from storage.reaches import ACTIVE, BLOCKED, OPTED_OUT
from storage.states import BroadcastState, State
from storage.tables import (
    address,
    broadcast,
    delivery,
    is_to_come,
    person,
    sender,
    waits,
    waits_for_the_person,
)
from storage.together import Writes

NOTHING_HELD = {"until": None, "strikes": 0, "struck": None}


@dataclass(frozen=True, slots=True)
class Change:
    """What a platform's word means for the address that a message was for."""

    address: str
    reach: str | None = None
    """What it is from now on; None where the word says nothing about that."""
    strikes: int = 1
    """How often this has to be heard before it holds..."""
    within: timedelta | None = None
    """...each so soon after the one before."""
    lasts: timedelta | None = None
    """How long it holds; None: it does not end by itself."""
    shut: datetime | None = None
    """The person had been silent for too long, at this moment."""
    elsewhere: tuple[str, ...] = ()
    """The senders by which the person may be looked for instead, if the broadcast allows it and they agreed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """Where an address is: by which sender it is reached, how it is called there, and to which process it leads."""

    id: str
    process: str | None
    """The process that its person is in with this chat."""
    channel: str
    index: str | None
    """How it is looked up; None: nobody finds it any more."""
    external: str = field(repr=False)
    """The platform's own id of the person."""


class AddressBefore(Struct, frozen=True):
    """An address as it was before its person wrote, which shows that they can be reached there."""

    id: str
    shut: bool
    """The person had been silent for too long."""
    lost: bool
    """It was lost, or blocked, for some time or for good."""


class Stand(Struct, frozen=True, kw_only=True):
    """How things stand at an address after a turn."""

    reach: str
    turns: int
    replied: datetime | None = None
    """Since when the last reply counts as having waited."""
    talk: str | None = None
    """The conversation under way."""
    room: int = 0
    """The bytes that it takes in the database at least, where its length would tell what was answered."""
    spoke: datetime | None
    """When its person wrote; None: it may have been somebody else."""
    process: str | None = None
    """The process that the chat goes into; None: it stays in the one that it was in."""
    agreed: bool = False
    """They agreed here to be written to."""

    def __repr__(self) -> str:
        return f"Stand({self.reach}, {self.turns})"


def add(writes: Writes, key: PersonKey, place: NewAddress, stand: Stand) -> None:
    """Write down a new address of the person whose key this is."""
    writes.insert(
        address,
        id=place.id,
        person_id=key.person,
        process_id=place.process,
        channel=place.channel,
        index=place.index,
        external=key.seal(place.external, address.c.external, place.id),
        reach=stand.reach,
        turns=stand.turns,
        replied=stand.replied,
        talk=_sealed_talk(key, place.id, stand),
        spoke=stand.spoke,
        consented=stand.agreed,
    )


def change(writes: Writes, key: PersonKey, before: AddressBefore, stand: Stand) -> None:
    """Write down how things stand now. A person who has written can be reached: what was shut or lost no longer is."""
    changed: dict[str, object] = {} if stand.spoke is None else {"spoke": stand.spoke}
    if stand.agreed:
        changed["consented"] = True
    if stand.process is not None:
        changed["process_id"] = stand.process
    if before.shut:
        changed["shut"] = None
    if before.lost:
        changed |= NOTHING_HELD
    writes.change(
        address,
        ("id",),
        id=before.id,
        reach=stand.reach,
        turns=stand.turns,
        replied=stand.replied,
        talk=_sealed_talk(key, before.id, stand),
        **changed,
    )


async def keep_talk(session: Session, key: PersonKey, address_id: str, talk: str, room: int) -> None:
    """Write down where the conversation under way stands, and nothing else."""
    sealed = key.seal(talk, address.c.talk, address_id, room)
    await session.execute(update(address).where(address.c.id == address_id).values(talk=sealed))


def reached(writes: Writes, address_id: str, reach: str) -> None:
    """Write down what a platform says that the person did: they blocked us, or let us write again."""
    writes.change(address, ("id",), id=address_id, reach=reach, **NOTHING_HELD)


def _sealed_talk(key: PersonKey, address_id: str, stand: Stand) -> Box | None:
    return None if stand.talk is None else key.seal(stand.talk, address.c.talk, address_id, stand.room)


async def learn(session: Session, change: Change, delivery_id: str, now: datetime) -> None:
    """Keep what was learned of an address. If it is lost, what waits for it goes to another one, or is cancelled.

    This never undoes what the person said: STOP stays.
    """
    if change.shut is not None:
        await _shut(session, change.address, change.shut, now)
    if change.reach != OPTED_OUT and change.elsewhere:
        await _redirect(session, change, and_(delivery.c.id == delivery_id, _will_not_leave_here(change)), now)
    if change.reach is None or not await _strike(session, change, now):
        return
    if change.reach != OPTED_OUT and change.elsewhere:
        await _redirect(session, change, waits(delivery), now)
    await session.execute(
        update(delivery)
        .where(is_for(change.address), waits(delivery))
        .values(state=State.CANCELLED, code=Code.GONE, body=None, ended=now.date())
    )


def _will_not_leave_here(change: Change) -> ColumnElement[bool]:
    """Not when more is known of the delivery by now: it is tried again, its lease has lapsed, it has arrived."""
    if change.shut is None:
        return delivery.c.state == State.FAILED
    return delivery.c.state.in_([State.QUEUED, State.FAILED])


async def _shut(session: Session, address_id: str, moment: datetime, now: datetime) -> None:
    """Keep that the person was silent; if they have written since, what waited for that may leave at once."""
    silent = update(address).where(address.c.id == address_id, address.c.spoke <= moment).values(shut=moment)
    if (await session.execute(silent.returning(address.c.id))).one_or_none() is None:
        await reopen(session, [address_id], now)


async def _strike(session: Session, change: Change, now: datetime) -> bool:
    """Count one more word against the address; whether its person can be written to there no more."""
    counts_on = false() if change.within is None else address.c.struck >= now - change.within
    until = None if change.lasts is None else now + change.lasts
    strikes = case((counts_on, address.c.strikes + 1), else_=1)
    holds = strikes >= change.strikes
    if change.lasts is not None:
        # A reach that ends by itself never takes the place of one that does not.
        holds = and_(holds, or_(address.c.reach == ACTIVE, address.c.until.is_not(None)))
    struck = (
        update(address)
        .where(address.c.id == change.address, address.c.reach != OPTED_OUT)
        .values(
            strikes=strikes,
            struck=now,
            reach=case((holds, change.reach), else_=address.c.reach),
            until=case((holds, until), else_=address.c.until),
        )
        .returning(address.c.reach)
    )
    return (await session.execute(struck)).scalar_one_or_none() not in (None, ACTIVE)


async def _redirect(session: Session, change: Change, condition: ColumnElement[bool], now: datetime) -> None:
    """Send deliveries, once, to the address from which the same person wrote last, where they agreed to it.

    Each by a sender that is shared, or belongs to the process that tells it.
    """
    allows = broadcast.c.elsewhere if change.shut is None else tries(Way.ELSEWHERE)
    goes_on = broadcast.c.state.not_in([BroadcastState.CANCELLING, BroadcastState.CANCELLED])
    for other in await _others(session, change):
        its_own = true() if other.process_id is None else broadcast.c.process_id == other.process_id
        allow = select(broadcast.c.id).where(allows, goes_on, its_own)
        await session.execute(
            update(delivery)
            .where(condition, is_for(change.address), delivery.c.broadcast_id.in_(allow), ~delivery.c.resent)
            .values(
                address_id=other.id, channel=other.channel, state=State.QUEUED, due=now, code=None,
                attempts=0, resent=True, segments=None, ended=None,
            )
        )  # fmt: skip


async def _others(session: Session, change: Change) -> Sequence[Any]:
    """The other addresses at which the person may be written to, the last that they wrote from first."""
    lost, any_of_theirs = address.alias("lost"), address.alias("any_of_theirs")
    others = (
        select(address.c.id, address.c.channel, sender.c.process_id)
        .join(lost, lost.c.person_id == address.c.person_id)
        .outerjoin(sender, sender.c.name == address.c.channel)
        .where(
            lost.c.id == change.address,
            address.c.id != lost.c.id,
            address.c.channel.in_(change.elsewhere),
            address.c.channel != lost.c.channel,
            address.c.consented,
            address.c.reach == ACTIVE,
            address.c.index.is_not(None),
            # A person who said STOP anywhere is not followed to another place.
            ~exists().where(any_of_theirs.c.person_id == lost.c.person_id, any_of_theirs.c.reach == OPTED_OUT),
        )
        .order_by(address.c.spoke.desc())
    )
    return (await session.execute(others)).all()


async def detach(session: Session, address_id: str, why: str, now: datetime) -> None:
    """Delete an address at which its person is not reached any more; what waits for it is cancelled."""
    is_meant = is_for(address_id)
    # Nothing could settle or claim it any more: what is being sent is of unknown fate from now on.
    ended = {"body": None, "owner": None, "lease": None, "code": why, "ended": now.date()}
    await session.execute(
        update(delivery)
        .where(is_meant, is_to_come(delivery))
        .values(state=case((waits(delivery), bound(State.CANCELLED)), else_=bound(State.UNKNOWN)), **ended)
    )
    its_person = select(address.c.person_id).where(address.c.id == address_id).scalar_subquery()
    others = select(func.count() > 2).where(address.c.person_id == its_person).scalar_subquery()
    await session.execute(update(person).where(person.c.id == its_person, person.c.linked).values(linked=others))
    await session.execute(delete(address).where(address.c.id == address_id))


def has_an_address() -> ColumnElement[bool]:
    """Whether a delivery's person was not forgotten, and is still reached at its address."""
    return exists().where(address.c.id == delivery.c.address_id)


def is_for(address_id: str) -> ColumnElement[bool]:
    """Deliveries for an address are found by their person, so that they need no index by address."""
    its_person = select(address.c.person_id).where(address.c.id == address_id).scalar_subquery()
    return and_(delivery.c.person_id == its_person, delivery.c.address_id == address_id)


async def recover(session: Session, now: datetime) -> int:
    """People who were out of reach for a while only may be written to again; gives how many. Time undoes no block."""
    recovered = await session.execute(
        update(address)
        .where(address.c.until <= now, address.c.reach.not_in([OPTED_OUT, BLOCKED]))
        .values(reach=ACTIVE, until=None, strikes=0, struck=None)
    )
    return recovered.rowcount


async def reopen(session: Session, address_ids: Sequence[str], now: datetime) -> None:
    """Let deliveries leave that waited for the people at these addresses to write: they have."""
    await session.execute(
        update(delivery)
        .where(waits_for_the_person(delivery), delivery.c.address_id.in_(address_ids))
        .values(due=now, code=None)
    )
