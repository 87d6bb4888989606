"""A broadcast becomes deliveries: a batch and a cursor at a time."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import senders
from storage._ground.columns import Moment
from storage._ground.database import Session
from storage._ground.members import bound
from storage.broadcasts import Audience, Broadcast, Stood, columns, read
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox import whose
from storage.outbox.deliveries import NEVER
from storage.reaches import ACTIVE
from storage.states import BroadcastState, State
from storage.tables import (
    address,
    broadcast,
    candidate,
    contribution,
    delivery,
    membership,
    participation,
    person,
    roll,
    seat,
    sender,
    sits,
    waits,
)

COLUMNS = (
    "id", "person_id", "address_id", "broadcast_id", "channel", "lane", "turn", "part",
    "despite_stop", "state", "due", "since", "not_after", "attempts", "language",
)  # fmt: skip


async def to_expand(session: Session, now: datetime) -> Broadcast | None:
    """The oldest broadcast that has people left without a delivery, locked so that one worker at a time goes on."""
    return await _first(
        session,
        and_(
            broadcast.c.expanded.is_(False),
            broadcast.c.state == BroadcastState.RUNNING,
            func.coalesce(broadcast.c.not_before, broadcast.c.made) <= now,
        ),
    )


async def to_turn(session: Session) -> Broadcast | None:
    """The oldest broadcast that is being paused, resumed or cancelled, locked in the same way."""
    return await _first(session, broadcast.c.state.in_(list(TURNS)))


async def _first(session: Session, condition: ColumnElement[bool]) -> Broadcast | None:
    # Not the strongest lock: claims of what is made meanwhile go on.
    query = select(*columns()).where(condition).order_by(broadcast.c.made).limit(1)
    row = (await session.execute(query.with_for_update(skip_locked=True, key_share=True))).one_or_none()
    return None if row is None else read(row)


async def expand(
    session: Session,
    running: Broadcast,
    now: datetime,
    most: int | None,
    opens: Mapping[str, datetime] | None = None,
) -> int:
    """Make the deliveries of the next `most` people (None: of all), and remember how far it came; gives how many.

    Set-based and resumable: a person gets one delivery however often this runs. `opens`: from when on people of a
    region may be written to; "" for everybody else.
    """
    # Locked, so that no person is erased while their delivery is made.
    batch = _next_people(
        session.dialect.name, running.process_id, running.reached, running.audience, most, elsewhere=running.elsewhere
    ).with_for_update(of=[person], read=True, key_share=True)
    due = {region: literal(max(moment, now), Moment()) for region, moment in (opens or {}).items()}
    otherwise = due.pop("", literal(now, Moment()))
    chosen = batch.cte("batch").prefix_with("MATERIALIZED", dialect="postgresql")
    rows = select(
        _fresh(session.dialect.name, chosen.c.person_id),
        chosen.c.person_id,
        chosen.c.address_id,
        literal(running.id),
        chosen.c.channel,
        literal(running.lane),
        literal(0),
        literal(1),
        literal(False),
        bound(State.QUEUED),
        case(due, value=chosen.c.region, else_=otherwise) if due else otherwise,
        literal(running.made if running.lane == Lane.NOTICE else None, Moment()),
        literal(running.not_after, Moment()),
        literal(0),
        chosen.c.language,
    ).where(chosen.c.person_id.is_not(None))
    insert = sqlite.insert if session.dialect.name == "sqlite" else postgresql.insert
    insertion = insert(delivery).from_select(list(COLUMNS), rows)
    insertion = insertion.on_conflict_do_nothing(index_elements=["person_id", "broadcast_id"])
    if session.dialect.name == "sqlite":
        number, last = (await session.execute(select(func.count(), func.max(chosen.c.person_id)))).one()
        await session.execute(insertion)
    else:
        # In one statement: between two, a person who joins would push another out of the batch.
        both = select(func.count(), func.max(chosen.c.person_id)).add_cte(insertion.returning(literal(1)).cte("made"))
        number, last = (await session.execute(both)).one()
    done = most is None or number < most
    await session.execute(
        update(broadcast).where(broadcast.c.id == running.id).values(reached=last or running.reached, expanded=done)
    )
    return int(number)


def _fresh(dialect: str, person_id: ColumnElement[str]) -> ColumnElement[str]:
    """As `ids.fresh`, but those of a batch have the same beginning, so that an index takes them side by side.

    PostgreSQL would ask the system for each random number: we give it one for the whole batch and keep that nowhere.
    """
    begin = secrets.token_hex(6)
    if dialect == "sqlite":
        return literal(begin) + literal_column("lower(hex(randomblob(10)))", Text())
    hidden = func.sha256(func.convert_to(literal(secrets.token_hex(16)) + person_id, "UTF8"))
    return literal(begin) + func.substr(func.encode(hidden, "hex"), 1, 20)


def _next_people(
    dialect: str, process: str, reached: str, audience: Audience, most: int | None, *, elsewhere: bool = False
) -> Select[Any]:
    """Each who takes part once, at the address that they prefer among those they agreed to be written to at, else at
    the one they wrote from last.

    What goes back to people goes to where they said the newest of what it is about; elsewhere only with `elsewhere`.
    Senders that belong to another process carry nothing of this one.
    """
    chat = address.alias("newest")
    may_be = select(chat.c.id, chat.c.channel).where(chat.c.person_id == person.c.id, _may_be_reached(chat, process))
    wanted: ColumnElement[Any] = person.c.prefers
    takes_part: Any = participation.join(person, person.c.id == participation.c.person_id)
    if audience.goes_back:
        concerned = whose.newest(process, audience)
        takes_part, its_address = (
            takes_part.join(concerned, concerned.c.person_id == person.c.id),
            concerned.c.address_id,
        )
        wanted = its_address if elsewhere else wanted
        may_be = may_be if elsewhere else may_be.where(or_(its_address.is_(None), chat.c.id == its_address))
    newest = may_be.order_by(chat.c.spoke.desc(), chat.c.id).limit(1)
    if dialect == "sqlite":
        # It knows nothing of what is around a query in the order of that query.
        found = (
            query.with_only_columns(chat.c.id).scalar_subquery()
            for query in (may_be.where(chat.c.id == wanted), newest)
        )
        preferred: Any = address
        joined = takes_part.join(address, address.c.id == func.coalesce(*found))
    else:
        best = newest.order_by(None).order_by((chat.c.id == wanted).desc(), chat.c.spoke.desc(), chat.c.id)
        preferred = best.lateral("preferred")
        joined = takes_part.join(preferred, true())
    query = (
        select(
            person.c.id.label("person_id"),
            preferred.c.id.label("address_id"),
            preferred.c.channel.label("channel"),
            participation.c.region.label("region"),
            participation.c.source.label("source"),
            person.c.language.label("language"),
        )
        .select_from(joined)
        .where(
            participation.c.process_id == process,
            participation.c.consented,
            participation.c.person_id > reached,
            *_meets(audience, process, preferred.c.channel),
        )
        .order_by(participation.c.person_id)
    )
    return query if most is None else query.limit(most)


def _may_be_reached(chat: FromClause, process: str) -> ColumnElement[bool]:
    return and_(
        chat.c.reach == ACTIVE,
        chat.c.consented,
        chat.c.index.is_not(None),
        chat.c.channel.not_in(select(sender.c.name).where(sender.c.process_id != process)),
    )


def _meets(audience: Audience, process: str, channel: ColumnElement[str]) -> list[ColumnElement[bool]]:
    facts = {
        person.c.language: audience.languages,
        participation.c.region: audience.regions,
        participation.c.source: audience.sources,
    }
    conditions: list[ColumnElement[bool]] = [column.in_(wanted) for column, wanted in facts.items() if wanted]
    if audience.channels:
        conditions.append(senders.is_one_of(channel, audience.channels))
    if audience.took_part:
        answered = select(contribution.c.person_id).where(
            contribution.c.process_id == process, contribution.c.consultation_id.in_(audience.took_part)
        )
        conditions.append(person.c.id.in_(answered))
    if audience.members:
        conditions.append(person.c.id.in_(_sitting(process)))
    if audience.council is not None:
        there = select(seat.c.id).where(seat.c.process_id == process, seat.c.council_id == audience.council)
        conditions.append(person.c.id.in_(_sitting(process).where(membership.c.seat_id.in_(there))))
    if audience.gave:
        gave = select(contribution.c.person_id).where(contribution.c.process_id == process)
        conditions.append(person.c.id.in_(gave.where(contribution.c.person_id.is_not(None))))
    conditions += _votes(audience)
    if audience.seat is not None:
        conditions.append(person.c.id.in_(_sitting(process).where(membership.c.seat_id == audience.seat)))
    if audience.candidates is not None:
        conditions.append(person.c.id.in_(_standing(process, audience.candidates)))
    if audience.unfinished is not None:
        begun = select(contribution.c.person_id).where(
            contribution.c.process_id == process, contribution.c.consultation_id == audience.unfinished.consultation
        )
        has_more = func.count() < audience.unfinished.questions
        conditions.append(person.c.id.in_(begun.group_by(contribution.c.person_id).having(has_more)))
    return conditions


def _sitting(process: str) -> Select[Any]:
    return select(membership.c.person_id).where(membership.c.process_id == process, sits)


def _votes(audience: Audience) -> list[ColumnElement[bool]]:
    """What it asks of the rolls of rounds."""
    conditions: list[ColumnElement[bool]] = []
    if audience.beside_roll is not None:
        theirs = (roll.c.round_id == audience.beside_roll, roll.c.person_id == person.c.id)
        conditions.append(~exists().where(*theirs))
    if audience.roll is not None:
        voters = select(roll.c.person_id).where(roll.c.round_id == audience.roll)
        voters = voters.where(~roll.c.voted) if audience.has_not_voted else voters
        conditions.append(person.c.id.in_(voters.where(roll.c.voted) if audience.has_voted else voters))
    return conditions


def _standing(process: str, stood: Stood) -> Select[Any]:
    theirs = select(candidate.c.person_id).where(
        candidate.c.process_id == process, candidate.c.call_id == stood.call, candidate.c.state == stood.state
    )
    return theirs.where(candidate.c.id == stood.candidate) if stood.candidate else theirs


async def reachable(session: Session, process: str, audience: Audience) -> int:
    """How many people a broadcast of this process to this audience would reach."""
    people = _next_people(session.dialect.name, process, "", audience, None).subquery()
    return (await session.execute(select(func.count()).select_from(people))).scalar_one()


def _who_has_one_chat(process: str, audience: Audience) -> Select[Any]:
    """Each of `_next_people` who has linked none with it, with the same columns."""
    takes_part = participation.join(person, person.c.id == participation.c.person_id)
    return (
        select(
            person.c.id.label("person_id"),
            address.c.id.label("address_id"),
            address.c.channel.label("channel"),
            participation.c.region.label("region"),
            participation.c.source.label("source"),
            person.c.language.label("language"),
        )
        .select_from(takes_part.join(address, address.c.person_id == person.c.id))
        .where(
            participation.c.process_id == process,
            participation.c.consented,
            ~person.c.linked,
            _may_be_reached(address, process),
            *_meets(audience, process, address.c.channel),
        )
    )


@dataclass(frozen=True, slots=True)
class AudiencePart:
    """How many people of an audience have all this in common."""

    channel: str
    language: str
    region: str
    source: str
    number: int


async def audience_parts(session: Session, process: str, audience: Audience) -> Sequence[AudiencePart]:
    """Everybody whom a broadcast of this process to this audience would reach now.

    Who has one chat is in it: to look for the best of each person's chats takes more than twice as long as a join.
    """
    each = _next_people(session.dialect.name, process, "", audience, None).order_by(None)
    if not audience.goes_back:
        people: Any = union_all(_who_has_one_chat(process, audience), each.where(person.c.linked)).subquery()
    else:
        people = each.subquery()
    common = (people.c.channel, people.c.language, people.c.region, people.c.source)
    rows = await session.execute(select(*common, func.count()).group_by(*common).order_by(*common))
    return [AudiencePart(*row) for row in rows]


TURNS: Mapping[BroadcastState, BroadcastState] = {
    BroadcastState.PAUSING: BroadcastState.PAUSED,
    BroadcastState.RESUMING: BroadcastState.RUNNING,
    BroadcastState.CANCELLING: BroadcastState.CANCELLED,
}
"""The state that follows when a broadcast's deliveries have all been paused, resumed or cancelled."""


async def turn(session: Session, turning: Broadcast, now: datetime, most: int) -> int:
    """Pause, resume or cancel a broadcast's deliveries to the next `most` people, as its state says; gives how many.

    No claim takes anything of a broadcast that is paused or cancelled, even before this: it keeps short what is due.
    """
    changes: dict[BroadcastState, dict[str, Any]] = {
        BroadcastState.PAUSING: {"due": NEVER},
        BroadcastState.RESUMING: {"due": now},
        BroadcastState.CANCELLING: {
            "state": State.CANCELLED,
            "code": Code.CANCELLED,
            "body": None,
            "ended": now.date(),
        },
    }
    batch = select(person.c.id).where(person.c.id > turning.walked).order_by(person.c.id).limit(most).subquery()
    number, last = (await session.execute(select(func.count(), func.max(batch.c.id)))).one()
    affected = and_(
        delivery.c.person_id.in_(select(batch.c.id)), delivery.c.broadcast_id == turning.id, _is_meant(turning.state)
    )
    await session.execute(update(delivery).where(affected, waits(delivery)).values(changes[turning.state]))
    progress: dict[str, Any] = {"walked": last or turning.walked}
    if number < most:
        progress = {"state": TURNS[turning.state], "walked": ""}
        if turning.state is BroadcastState.CANCELLING:
            progress["expanded"] = True
    await session.execute(update(broadcast).where(broadcast.c.id == turning.id).values(progress))
    return int(number)


def _is_meant(state: BroadcastState) -> ColumnElement[bool]:
    """A delivery that waits for its person to write goes on waiting when its broadcast goes on."""
    return true() if state is BroadcastState.CANCELLING else func.coalesce(delivery.c.code, "") != Code.SHUT
