"""One thing going out to many, and the making of its deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.columns import Moment
from storage.database import Session
from storage.tables import ACTIVE, address, ballot, broadcast, contribution, delivery, member, person


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for. An empty part asks for nothing; all parts that ask must be met."""

    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    members: bool = False
    """Only those who sit on the council."""
    response: str | None = None
    """Only those whose contributions this response answers."""
    roll: str | None = None
    """Only those on the roll of this round."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands."""

    id: str
    subject: str
    renditions: str
    audience: str
    lane: int
    made: datetime
    not_after: datetime | None
    reached: str
    """The last person in the order of ids whose delivery was made."""
    expanded: bool


async def add(
    session: Session,
    broadcast_id: str,
    process_id: str,
    subject: str,
    renditions: str,
    audience: str,
    lane: int,
    now: datetime,
    not_after: datetime | None = None,
) -> Broadcast:
    made = Broadcast(broadcast_id, subject, renditions, audience, lane, now, not_after, "", False)
    await session.execute(
        insert(broadcast).values(
            id=broadcast_id,
            process_id=process_id,
            subject=subject,
            renditions=renditions,
            audience=audience,
            lane=lane,
            made=now,
            not_after=not_after,
            reached="",
            expanded=False,
        )
    )
    return made


async def to_expand(session: Session) -> Broadcast | None:
    """The oldest broadcast that has people left without a delivery, locked so that one worker at a time goes on."""
    row = (
        await session.execute(
            select(*_columns())
            .where(broadcast.c.expanded.is_(False))
            .order_by(broadcast.c.made)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    return None if row is None else Broadcast(*row)


async def latest(session: Session, most: int) -> Sequence[Broadcast]:
    """The newest broadcasts."""
    rows = await session.execute(select(*_columns()).order_by(broadcast.c.made.desc()).limit(most))
    return [Broadcast(*row) for row in rows]


def _columns() -> list[ColumnElement[Any]]:
    names = ("id", "subject", "renditions", "audience", "lane", "made", "not_after", "reached", "expanded")
    return [broadcast.c[name] for name in names]


async def expand(session: Session, which: Broadcast, audience: Audience, now: datetime, most: int | None) -> int:
    """Make the deliveries of the next `most` people (None: of all), and remember how far it came.

    Set-based and resumable: a person gets one delivery however often this runs.
    """
    batch = _next_people(which.reached, audience, most).subquery()
    number, last = (await session.execute(select(func.count(), func.max(batch.c.person_id)).select_from(batch))).one()
    if number:
        # Up to the same last person, not the same number: whoever has come in between pushes nobody out.
        await _make(session, which, _next_people(which.reached, audience, None).where(person.c.id <= last), now)
    done = most is None or number < most
    await session.execute(
        update(broadcast).where(broadcast.c.id == which.id).values(reached=last or which.reached, expanded=done)
    )
    return int(number)


def _next_people(reached: str, audience: Audience, most: int | None) -> Select[Any]:
    """Each person once, at the address they wrote from last."""
    newest = address.alias("newest")
    preferred = (
        select(newest.c.id)
        .where(newest.c.person_id == person.c.id, newest.c.reach == ACTIVE, newest.c.index.is_not(None))
        .order_by(newest.c.spoke.desc(), newest.c.id)
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(person.c.id.label("person_id"), address.c.id.label("address_id"), address.c.channel.label("channel"))
        .select_from(person)
        .join(address, address.c.id == preferred)
        .where(person.c.consented, person.c.id > reached, *_meets(audience))
        .order_by(person.c.id)
    )
    return found if most is None else found.limit(most)


def _meets(audience: Audience) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if audience.languages:
        asked.append(person.c.language.in_(audience.languages))
    if audience.regions:
        asked.append(person.c.region.in_(audience.regions))
    if audience.channels:
        asked.append(address.c.channel.in_(audience.channels))
    if audience.members:
        asked.append(person.c.id.in_(select(member.c.person_id)))
    if audience.response is not None:
        gave = select(contribution.c.person_id).where(contribution.c.response_id == audience.response)
        asked.append(person.c.id.in_(gave))
    if audience.roll is not None:
        asked.append(person.c.id.in_(select(ballot.c.person_id).where(ballot.c.round_id == audience.roll)))
    return asked


async def _make(session: Session, which: Broadcast, people: Select[Any], now: datetime) -> None:
    batch = people.cte("batch")
    on_sqlite = session.dialect.name == "sqlite"
    name = text("lower(hex(randomblob(16)))" if on_sqlite else "replace(gen_random_uuid()::text, '-', '')")
    rows = select(
        name,
        batch.c.person_id,
        batch.c.address_id,
        literal(which.id),
        batch.c.channel,
        literal(which.lane),
        literal(0),
        literal(1),
        literal(False),
        literal("queued"),
        literal(now, Moment()),
        literal(which.not_after, Moment()),
        literal(0),
    ).where(batch.c.person_id.is_not(None))
    columns = (
        "id", "person_id", "address_id", "broadcast_id", "channel", "lane", "turn", "part",
        "despite_stop", "state", "due", "not_after", "attempts",
    )  # fmt: skip
    made = (sqlite if on_sqlite else postgresql).insert(delivery).from_select(list(columns), rows)
    await session.execute(made.on_conflict_do_nothing(index_elements=["broadcast_id", "person_id"]))


async def reachable(session: Session, audience: Audience) -> int:
    """How many people a broadcast to this audience would reach."""
    people = _next_people("", audience, None).subquery()
    return (await session.execute(select(func.count()).select_from(people))).scalar_one()
