"""Broadcasts: to whom each goes out, when, and how far it is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update

from storage._ground.database import Session, packed
from storage._ground.ids import fresh
from storage.circuits import PROOFS
from storage.lanes import Lane
from storage.states import BroadcastState, State
from storage.tables import broadcast, delivery, report, standing, was_resent

ROUND = "round"
"""The kind of subject that calls a council to a vote."""
VOTE = "vote"
"""The kind of subject that calls others than a council to a vote, or tells something of a vote that is open."""
RESULT = "result"
"""The kind of subject that tells a council what came of a vote."""
OUTCOME = "outcome"
"""The kind of subject that tells others what came of a vote."""
RESPONSE = "response"
"""The kind of subject that is told to each of its people with what it answers of theirs."""

PROGRESS = "progress"
"""The kind of subject that tells what followed a response."""
PROMISE = "promise"
"""The kind of subject that tells that the day of a promise has passed."""
INQUIRY = "inquiry"
"""The kind of subject that asks one person something about what they gave."""


PROPOSAL = "proposal"
"""The kind of subject that tells one person what became of a statement that they proposed."""
CONSULTATION = "consultation"
"""The kind of subject that calls people to answer."""
CALL = "call"
"""The kind of subject that calls for members of a council."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a broadcast tells of."""

    kind: str
    """bulletin, consultation, response, progress, promise, inquiry, proposal, round, vote, result, outcome, seat,
    call or candidate.

    Each has a template.
    """
    id: str

    def __str__(self) -> str:
        """As a column keeps it."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def read(cls, text: str) -> "Subject":
        kind, _colon, name = text.partition(":")
        return cls(kind, name)


def is_about(kind: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a broadcast's subject is of this kind."""
    return broadcast.c.subject.startswith(kind + ":")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Who has begun to answer a consultation and has not finished."""

    consultation: str
    questions: int
    """How many it asks: who answered fewer, and one at least, has not finished."""


@dataclass(frozen=True, slots=True)
class Stood:
    """Who answered a call for members of a council and has come so far."""

    call: str
    state: str
    """A `CandidateState`."""
    candidate: str = ""
    """The one; "" for all of them."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for. An empty part asks for nothing; all parts that ask must be met."""

    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """Senders by their names, or all of a kind by that of the platform."""
    sources: tuple[str, ...] = ()
    """Where the doors stand, in the organizers' words, by which people came: "poster"."""
    took_part: tuple[str, ...] = ()
    """Only those who answered any of these consultations."""
    members: bool = False
    """Only those who sit on a council."""
    gave: bool = False
    """Only those who gave the process anything."""
    response: str | None = None
    """Only those whose contributions this response answers, or who follow a matter that it answers."""
    about: tuple[str, ...] = ()
    """Only those whose contributions are gathered in any of these matters, or who follow one of them."""
    contributions: tuple[str, ...] = ()
    """Only those who gave any of these."""
    proposals: tuple[str, ...] = ()
    """Only those who proposed any of these statements."""
    roll: str | None = None
    """Only those on the roll of this round."""
    has_not_voted: bool = False
    """Of the roll, only those who have not voted when its deliveries are made."""
    has_voted: bool = False
    """Of the roll, only those who have."""
    beside_roll: str | None = None
    """Only those who are not on the roll of this round."""
    seat: str | None = None
    """Only who sits there on a council."""
    council: str | None = None
    """Only those who sit on this one."""
    candidates: Stood | None = None
    """Only those, as they are when its deliveries are made."""
    unfinished: Unfinished | None = None
    """Only those, as they are when its deliveries are made."""

    @property
    def goes_back(self) -> bool:
        """It reaches people where they said what it is about, and nowhere else."""
        return bool(self.response or self.about or self.contributions or self.proposals)


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Hours:
    """When people may be written to: their own day, not ours."""

    opens: str = "09:00"
    closes: str = "20:00"
    zone: str = "UTC"
    """The IANA time zone of people who named no region, or one that is not in `zones`."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """The time zone of each region."""
    quiet: tuple[str, ...] = ()
    """Days on which nothing leaves: "sunday", "2026-12-25"."""


@lru_cache(maxsize=64)
def unpacked_hours(text: str) -> Hours | None:
    """The hours that a column keeps as this text; None: at any hour."""
    return msgspec.json.decode(text, type=Hours) if text else None


class Way(StrEnum):
    """What can be tried where a platform takes no free text, because the person has been silent for too long."""

    TEMPLATE = "template"
    """The text leaves within a sentence that the platform has approved."""
    WAIT = "wait"
    """The text waits until the person writes."""
    ELSEWHERE = "elsewhere"
    """The text leaves on another channel, if the person agreed to be written to there."""


def packed_ways(ways: Iterable[Way]) -> str:
    """As a column keeps them: in the order in which they are tried."""
    return ",".join(ways)


@lru_cache(maxsize=64)
def unpacked_ways(text: str) -> tuple[Way, ...]:
    """The ways that were packed."""
    return tuple(map(Way, text.split(",")))


def tries_first(way: Way) -> ColumnElement[bool]:
    """Whether a broadcast tries this way before any other. No way's name begins with that of another."""
    return broadcast.c.outside.startswith(way.value)


def tries(way: Way) -> ColumnElement[bool]:
    """Whether a broadcast tries this way at all. No way's name is a part of another's."""
    return broadcast.c.outside.contains(way.value)


@dataclass(frozen=True, slots=True)
class Plan:
    """When and how a broadcast may leave."""

    not_before: datetime | None = None
    not_after: datetime | None = None
    hours: Hours | None = None
    """None: at any hour."""
    outside: tuple[Way, ...] = (Way.TEMPLATE, Way.WAIT)
    """What is tried, in this order, where a platform takes no free text after a silence."""
    elsewhere: bool = False
    """A person who cannot be reached at one address may be written to at another that they agreed to."""
    again: bool = False
    """A delivery of unknown fate that no platform can be asked about may be sent a second time, once."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands."""

    id: str
    process_id: str
    subject: Subject
    renditions: str
    """As the handlers wrote it: the text in each language."""
    audience: Audience
    lane: Lane
    made: datetime
    not_before: datetime | None
    not_after: datetime | None
    hours: Hours | None
    """None: at any hour."""
    state: BroadcastState
    walked: str
    """While it is being paused, resumed or cancelled: the last person, by id, whose delivery is; "" nobody."""
    reached: str
    """The last person in the order of ids whose delivery was made."""
    expanded: bool
    elsewhere: bool = False
    """A person who cannot be reached at one address may be written to at another that they agreed to."""


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """A broadcast to be made."""

    process: str
    subject: Subject
    renditions: str
    lane: Lane
    audience: Audience = EVERYBODY
    plan: Plan = Plan()
    id: str = field(default_factory=fresh)


async def add(session: Session, new: NewBroadcast, now: datetime) -> Broadcast:
    added = Broadcast(
        id=new.id,
        process_id=new.process,
        subject=new.subject,
        renditions=new.renditions,
        audience=new.audience,
        lane=new.lane,
        made=now,
        not_before=new.plan.not_before,
        not_after=new.plan.not_after,
        hours=new.plan.hours,
        state=BroadcastState.RUNNING,
        walked="",
        reached="",
        expanded=False,
        elsewhere=new.plan.elsewhere,
    )
    values = {
        **asdict(added),
        "subject": str(new.subject),
        "audience": packed(asdict(new.audience)),
        "hours": "" if new.plan.hours is None else packed(asdict(new.plan.hours)),
        "outside": packed_ways(new.plan.outside),
        "elsewhere": new.plan.elsewhere,
        "again": new.plan.again,
    }
    await session.execute(insert(broadcast).values(values))
    return added


GOES_ON = (BroadcastState.RUNNING, BroadcastState.PAUSING, BroadcastState.PAUSED, BroadcastState.RESUMING)
"""Of a broadcast that was not cancelled."""


async def pause(session: Session, broadcast_id: str) -> bool:
    """Pause a broadcast: none of it leaves once this has committed. False when it does not run."""
    return await _turn(session, broadcast_id, (BroadcastState.RUNNING, BroadcastState.RESUMING), BroadcastState.PAUSING)


async def resume(session: Session, broadcast_id: str) -> bool:
    """Let a broadcast go on. False when it was not paused."""
    return await _turn(session, broadcast_id, (BroadcastState.PAUSED, BroadcastState.PAUSING), BroadcastState.RESUMING)


async def cancel(session: Session, broadcast_id: str) -> bool:
    """Cancel a broadcast: no more of it ever leaves. False when it was cancelled before."""
    return await _turn(session, broadcast_id, GOES_ON, BroadcastState.CANCELLING)


async def cancel_waiting(session: Session, process_id: str) -> int:
    """Cancel every broadcast of the process; gives how many had something left to leave.

    The others, too: what is being sent, or has failed, may come back to wait.
    """
    number = select(func.sum(standing.c.number)).where(
        standing.c.broadcast_id == broadcast.c.id, standing.c.state == State.QUEUED
    )
    goes_on = broadcast.c.state.in_(GOES_ON)
    has_more = or_(broadcast.c.expanded.is_(False), number.scalar_subquery() != 0)
    theirs = select(broadcast.c.id).where(broadcast.c.process_id == process_id, goes_on, has_more)
    names = (await session.execute(theirs.order_by(broadcast.c.id))).scalars().all()
    number_cancelled = sum([await cancel(session, name) for name in names])
    done = update(broadcast).where(broadcast.c.process_id == process_id, goes_on)
    await session.execute(done.values(state=BroadcastState.CANCELLED))
    return number_cancelled


async def _turn(session: Session, broadcast_id: str, before: Sequence[BroadcastState], after: BroadcastState) -> bool:
    # The strongest lock, which waits for those of the claims that are open; nobody else takes it.
    await session.execute(select(broadcast.c.id).where(broadcast.c.id == broadcast_id).with_for_update())
    turned = (
        update(broadcast)
        .where(broadcast.c.id == broadcast_id, broadcast.c.state.in_(before))
        .values(state=after, walked="")
        .returning(broadcast.c.id)
    )
    return (await session.execute(turned)).one_or_none() is not None


async def latest(session: Session, process_id: str, most: int) -> Sequence[Broadcast]:
    """The newest broadcasts of the process."""
    theirs = select(*columns()).where(broadcast.c.process_id == process_id)
    rows = await session.execute(theirs.order_by(broadcast.c.made.desc()).limit(most))
    return [read(row) for row in rows]


async def get(session: Session, broadcast_id: str) -> Broadcast | None:
    row = (await session.execute(select(*columns()).where(broadcast.c.id == broadcast_id))).one_or_none()
    return None if row is None else read(row)


async def of(session: Session, process_id: str, broadcast_id: str) -> Broadcast | None:
    """The one of the process that has this id."""
    theirs = select(*columns()).where(broadcast.c.process_id == process_id, broadcast.c.id == broadcast_id)
    row = (await session.execute(theirs)).one_or_none()
    return None if row is None else read(row)


async def about(session: Session, process_id: str, subject: Subject) -> Broadcast | None:
    """The newest of the process that tells of this."""
    theirs = select(*columns()).where(broadcast.c.process_id == process_id, broadcast.c.subject == str(subject))
    row = (await session.execute(theirs.order_by(broadcast.c.made.desc()).limit(1))).one_or_none()
    return None if row is None else read(row)


async def counts(session: Session, broadcast_id: str) -> Mapping[str, int]:
    """How many deliveries of a broadcast are in which state: read from what the database counts, not counted anew."""
    number = func.sum(standing.c.number)
    rows = await session.execute(
        select(standing.c.state, number.label("number"))
        .where(standing.c.broadcast_id == broadcast_id)
        .group_by(standing.c.state)
        .having(number != 0)
    )
    return {row.state: int(row.number) for row in rows}


async def numbers(session: Session, process_id: str, names: Collection[str]) -> Mapping[str, Mapping[State, int]]:
    """How many deliveries of each of these broadcasts of the process are in which state, as `counts` has it."""
    number = func.sum(standing.c.number)
    theirs = (broadcast.c.process_id == process_id, broadcast.c.id.in_(names))
    rows = await session.execute(
        select(standing.c.broadcast_id, standing.c.state, number)
        .join(broadcast, broadcast.c.id == standing.c.broadcast_id)
        .where(*theirs)
        .group_by(standing.c.broadcast_id, standing.c.state)
        .having(number != 0)
    )
    found: dict[str, dict[State, int]] = {}
    for name, state, count in rows:
        found.setdefault(name, {})[State(state)] = int(count)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How many deliveries of a broadcast by one sender to people of one language are in a state."""

    channel: str
    language: str
    """"" for those that were made before it was written down."""
    state: State
    number: int


async def standings(session: Session, broadcast_id: str) -> Sequence[Standing]:
    """Where a broadcast stands: read from what the database counts, as `counts` is."""
    number = func.sum(standing.c.number)
    place = (standing.c.channel, standing.c.language, standing.c.state)
    counted = select(*place, number).where(standing.c.broadcast_id == broadcast_id).group_by(*place)
    rows = await session.execute(counted.having(number != 0).order_by(*place))
    return [Standing(channel, language, State(state), int(number)) for channel, language, state, number in rows]


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What of a broadcast left a second time."""

    number: int
    """To another address after the first was lost, or where nobody knew whether it had arrived."""
    twice: int
    """Of which the platform took both, and said so: these people have it twice, unless the first failed after that."""


async def sent_again(session: Session, broadcast_id: str) -> SentAgain:
    """A person has one delivery of a broadcast, which leaves again once at most: that is what can come twice."""
    again = (delivery.c.broadcast_id == broadcast_id, was_resent(delivery))
    failed = report.alias("failed")
    has_failed = exists().where(
        failed.c.delivery_id == report.c.delivery_id,
        failed.c.provider_id == report.c.provider_id,
        failed.c.status == "failed",
    )
    taken = (
        select(report.c.delivery_id)
        .where(report.c.delivery_id.in_(select(delivery.c.id).where(*again)), report.c.status.in_(PROOFS), ~has_failed)
        .group_by(report.c.delivery_id)
        .having(func.count(report.c.provider_id.distinct()) > 1)
        .subquery()
    )
    number = select(func.count()).select_from(delivery).where(*again).scalar_subquery()
    twice = select(func.count()).select_from(taken).scalar_subquery()
    return SentAgain(*(await session.execute(select(number, twice))).one())


def read(row: Any) -> Broadcast:
    """The broadcast in a row of `columns`."""
    values = row._asdict()
    values["subject"] = Subject.read(row.subject)
    values["audience"] = msgspec.json.decode(row.audience, type=Audience)
    values["hours"] = unpacked_hours(row.hours)
    values["lane"] = Lane(row.lane)
    values["state"] = BroadcastState(row.state)
    return Broadcast(**values)


def columns() -> list[ColumnElement[Any]]:
    """The columns of the table, in the order of the fields of `Broadcast`."""
    return [broadcast.c[part.name] for part in fields(Broadcast)]
