"""Taking from the outbox what may leave now, so that one worker sends it, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

from storage import circuits, responses
from storage._ground.columns import Moment
from storage._ground.database import Session
from storage._ground.members import bound
from storage.broadcasts import RESPONSE, Hours, Subject, Way, unpacked_hours, unpacked_ways
from storage.codes import Code
from storage.keys import Keyring, Unreadable
from storage.lanes import Lane
from storage.outbox.deliveries import LONGEST_SILENCE, NEVER
from storage.reaches import ACTIVE
from storage.responses import AnsweredContribution
from storage.senders import beside_others
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
    person,
    waits_in_line,
    waits_to_reply,
)

UNREADABLE_PAUSE = timedelta(hours=1)
MOST_LOOKS = 10
HELD = (BroadcastState.PAUSING, BroadcastState.PAUSED, BroadcastState.CANCELLING)
"""The states of a broadcast of which nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send, once, before its lease ends."""

    id: str
    address: str
    to: str = field(repr=False)
    language: str
    region: str
    """Where the person lives, as the broadcast's process names it; "" where they have not said, and of a reply."""
    lane: Lane
    body: str | None = field(repr=False)
    """What a reply says, as the handlers wrote it; None when it belongs to a broadcast."""
    broadcast: str | None
    subject: Subject | None
    renditions: str | None = field(repr=False)
    hours: Hours | None
    """When the broadcast may leave; None: at any hour."""
    outside: tuple[Way, ...]
    """What the broadcast tries after a silence, in this order."""
    elsewhere: bool
    attempts: int
    not_after: datetime | None
    spoke: datetime
    """When the person last wrote from this address."""
    shut: datetime | None
    """When the platform last refused a text because that was too long ago; None: not since then."""
    began: datetime
    """When it was claimed."""
    probe: bool
    """The channel was out of order: this one shows whether it still is."""
    answers: AnsweredContribution | None = None
    """Of a response: what it answers of this person, as it is now."""
    beside_others: bool = False
    """Of a broadcast: several processes write to people from there, so it says which it is of."""

    def in_session(self, window: timedelta | None) -> bool:
        """Whether a platform that lets us write freely so long after a person's last word does so now."""
        if window is None:
            return True
        return self.spoke > self.began - window and (self.shut is None or self.spoke > self.shut)

    def silent_for(self, recycled: timedelta | None) -> bool:
        """Whether the person has not written for so long; never where that is None."""
        return recycled is not None and self.spoke <= self.began - recycled


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker asks for: up to `most` deliveries of a channel, none of a lane below `lowest`."""

    channel: str
    owner: str
    """The name by which the worker's claims are known."""
    now: datetime
    lease: datetime
    """Until when what it claims is its own."""
    most: int
    lowest: Lane = Lane.BULLETIN


async def claim(session: Session, keys: Keyring, wanted: Claim) -> list[Claimed]:
    """Take deliveries that may leave now: they are `sending`, their owner's, and shown so once this commits.

    Replies come before notices, notices before bulletins. A person's replies come one after the other, and first those
    of the people who have had none for the longest time (`since`); a person's notices come in the order in which they
    were made. A delivery that has waited too long, or whose person cannot be written to any more, is taken too and ends
    here. Nothing is taken of a broadcast that was paused or cancelled, and nothing while the channel's circuit is open.
    """
    values = _values(wanted)
    taken: list[str] = []
    probe = False
    for _look in range(MOST_LOOKS):
        more = {"most": wanted.most - len(taken)}
        rows = (await session.execute(_taking(session.dialect.name), values | more)).all()
        sending = [row.id for row in rows if row.state == State.SENDING]
        taken += sending
        probe = any(row.probe for row in rows)
        if len(sending) == len(rows):
            break
    if probe and taken and not await circuits.probe(session, wanted.channel, wanted.lease, wanted.now):
        await _put_back(session, taken)
        return []
    return await _whole(session, keys, taken, wanted.now, probe)


def _values(wanted: Claim) -> dict[str, object]:
    return {
        "by": wanted.channel,
        "now": wanted.now,
        "today": wanted.now.date(),
        "silent": wanted.now - LONGEST_SILENCE,
        "claimant": wanted.owner,
        "until": wanted.lease,
        "lowest": wanted.lowest,
    }


async def let_go(session: Session, channel: str, owner: str, known: Sequence[str]) -> int:
    """Queue again what this owner has claimed, but for the deliveries that it knows of; gives how many.

    It has not heard of the others because it never heard that their claim was committed.
    """
    unheard = [is_under_way(delivery), delivery.c.owner == owner, delivery.c.channel == channel]
    queued = {"state": State.QUEUED, "owner": None, "lease": None}
    returned = await session.execute(update(delivery).where(*unheard, delivery.c.id.not_in(known)).values(queued))
    return returned.rowcount


async def _put_back(session: Session, ids: Sequence[str]) -> None:
    queued = {"state": State.QUEUED, "owner": None, "lease": None}
    await session.execute(update(delivery).where(delivery.c.id.in_(ids)).values(queued))


@cache
def _taking(dialect: str) -> Executable:
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


async def _whole(session: Session, keys: Keyring, ids: Sequence[str], now: datetime, probe: bool) -> list[Claimed]:
    if not ids:
        return []
    rows = (await session.execute(_reading(), {"ids": list(ids)})).all()
    about = await _about(session, rows)
    claimed = []
    for row in rows:
        try:
            claimed.append(_claimed(keys, row, now, probe, about))
        except Unreadable:
            # It is tried again later, in case the key comes back, and is in nobody's way until then.
            await _put_off(session, row.id, now + UNREADABLE_PAUSE)
    return claimed


@dataclass(frozen=True, slots=True)
class _About:
    """What has to be known of the broadcasts that these deliveries are parts of."""

    answers: Mapping[str, AnsweredContribution] = field(default_factory=dict)
    """Of responses, by delivery."""
    regions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Where a person lives, by broadcast and person."""
    beside_others: frozenset[str] = frozenset()
    """The senders by which several processes write to people."""


async def _about(session: Session, rows: Sequence[Any]) -> _About:
    """Replies belong to no broadcast: for them nothing more is looked up."""
    if all(row.broadcast_id is None for row in rows):
        return _About()
    return _About(await _answers(session, rows), await _regions(session, rows), await beside_others(session))


async def _regions(session: Session, rows: Sequence[Any]) -> dict[tuple[str, str], str]:
    of_broadcasts = [row for row in rows if row.broadcast_id is not None]
    query = (
        select(broadcast.c.id, participation.c.person_id, participation.c.region)
        .join(participation, participation.c.process_id == broadcast.c.process_id)
        .where(
            broadcast.c.id.in_({row.broadcast_id for row in of_broadcasts}),
            participation.c.person_id.in_({row.person_id for row in of_broadcasts}),
        )
    )
    return {(name, person_id): region for name, person_id, region in await session.execute(query)}


async def _answers(session: Session, rows: Sequence[Any]) -> dict[str, AnsweredContribution]:
    """What the responses among these answer, by delivery: one more look, and only where there is one among them."""
    subjects = ((row, Subject.read(row.subject)) for row in rows if row.subject is not None)
    whose = {row.id: (subject.id, row.person_id) for row, subject in subjects if subject.kind == RESPONSE}
    if not whose:
        return {}
    names, people = map(set, zip(*whose.values(), strict=True))
    found = await responses.answered(session, names, people)
    return {name: found[reader] for name, reader in whose.items() if reader in found}


@cache
def _reading() -> Select[Any]:
    return (
        select(
            delivery.c.id,
            delivery.c.body,
            delivery.c.lane,
            delivery.c.attempts,
            delivery.c.not_after,
            delivery.c.broadcast_id,
            delivery.c.channel,
            broadcast.c.subject,
            broadcast.c.renditions,
            broadcast.c.hours,
            broadcast.c.outside,
            broadcast.c.elsewhere,
            address.c.id.label("address_id"),
            address.c.external,
            address.c.spoke,
            address.c.shut,
            person.c.id.label("person_id"),
            person.c.language,
            person.c.key,
            person.c.key_epoch,
        )
        .join(address, address.c.id == delivery.c.address_id)
        .join(person, person.c.id == delivery.c.person_id)
        .outerjoin(broadcast, broadcast.c.id == delivery.c.broadcast_id)
        .where(delivery.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(delivery.c.lane, delivery.c.since, delivery.c.due, delivery.c.turn, delivery.c.part)
    )


async def _put_off(session: Session, name: str, due: datetime) -> None:
    put_off = {"state": State.QUEUED, "code": Code.UNREADABLE, "due": due, "owner": None, "lease": None}
    await session.execute(update(delivery).where(delivery.c.id == name).values(put_off))


def _claimed(keys: Keyring, row: Any, now: datetime, probe: bool, about: _About) -> Claimed:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    return Claimed(
        id=row.id,
        address=row.address_id,
        to=key.open(row.external, address.c.external, row.address_id),
        language=row.language,
        region=about.regions.get((row.broadcast_id, row.person_id), ""),
        lane=Lane(row.lane),
        body=None if row.body is None else key.open(row.body, delivery.c.body, row.id),
        broadcast=row.broadcast_id,
        subject=None if row.subject is None else Subject.read(row.subject),
        renditions=row.renditions,
        hours=unpacked_hours(row.hours or ""),
        outside=() if row.outside is None else unpacked_ways(row.outside),
        elsewhere=bool(row.elsewhere),
        attempts=row.attempts,
        not_after=row.not_after,
        spoke=row.spoke,
        shut=row.shut,
        began=now,
        probe=probe,
        beside_others=row.broadcast_id is not None and row.channel in about.beside_others,
        answers=about.answers.get(row.id),
    )
