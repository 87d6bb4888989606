"""Everything that a turn needs to know, for many turns in one statement."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import CTE, ColumnElement, Select, Text, and_, bindparam, cast, column, exists, func, literal, select
from sqlalchemy.dialects.postgresql import JSON

from storage._ground.columns import Moment
from storage._ground.database import Session
from storage.keys import Box, Keyring, PersonKey
from storage.states import ProcessState
from storage.tables import (
    address,
    contribution,
    delivery,
    event,
    is_unknown,
    membership,
    participation,
    person,
    process,
    roll,
    sender,
    sits,
)
from storage.tables import round as round_


class Known(Struct, frozen=True):
    """A person in one chat, as they are now."""

    person: str
    address: str
    key: PersonKey
    language: str
    joined: bool
    """They have written to this process before."""
    region: str
    consented: bool
    """They take part in this process, as the region is theirs there."""
    reach: str
    turns: int
    replied: datetime | None
    """Since when their last reply counts as having waited."""
    spoke: datetime
    """When they last wrote from this address, as far as we know that it was them."""
    talk: str | None
    process: str | None
    """The process in which that conversation began: until now this chat was in it. None: the only one."""
    shut: bool
    """The platform let nothing through to them, because they had been silent for too long."""
    unsure: bool
    """There is something that we wrote here, and nobody knows whether it arrived."""
    votes: bool
    gave: bool
    member: bool
    linked: bool = False
    """They have other chats with us, too..."""
    came_by_link: bool = False
    """...and this one came to them by a code."""

    def __repr__(self) -> str:
        return f"Known({self.person}, {self.address})"

    def silent_for(self, recycled: timedelta | None, now: datetime) -> bool:
        """Whether they have not written for so long; never where that is None."""
        return recycled is not None and self.spoke <= now - recycled


class Found(Struct, frozen=True):
    """What is known for one message: whether it was seen before, to which process it is, who it is from."""

    seen: bool
    process: str | None
    """The process that this chat is in; None when there is none yet, or nobody knows which of several."""
    edition: int | None
    """The edition of that process."""
    known: Known | None


class Incoming(NamedTuple):
    """A message, by the names under which it is looked up."""

    event: str
    address_index: str
    """That of the address it came from."""
    sender: str
    """Which of our senders it came to."""


async def find(session: Session, keys: Keyring, messages: Sequence[Incoming], now: datetime) -> list[Found]:
    """What is known for each message, in their order. Locks the people it finds until the transaction ends."""
    values = {"asked": json.dumps(messages), "now": now}
    rows = (await session.execute(_statement(session.dialect.name), values)).all()
    by_message = {(row.event_id, row.sender_index): _found(keys, row) for row in map(_Row._make, rows)}
    return [by_message[message.event, message.address_index] for message in messages]


async def elsewhere(session: Session, known: Known, process_id: str, now: datetime) -> Known:
    """Somebody who was found, as they are in another process."""
    who = literal(known.person)
    theirs = and_(participation.c.process_id == process.c.id, participation.c.person_id == known.person)
    query = (
        select(
            participation.c.region,
            participation.c.consented,
            _votes(who).label("votes"),
            _gave(who).label("gave"),
            _sits(who).label("member"),
        )
        .select_from(process.outerjoin(participation, theirs))
        .where(process.c.id == process_id)
    )
    row = (await session.execute(query, {"now": now})).one()
    return replace(
        known,
        joined=row.region is not None,
        region=row.region or "",
        consented=bool(row.consented),
        votes=row.votes,
        gave=row.gave,
        member=row.member,
    )


class _Row(NamedTuple):
    """A row of `_statement`; what stands after `is_member` is None where nobody is known at this address.

    The region and the consent are None, too, where this person has not written to this process before.
    """

    event_id: str
    sender_index: str
    seen: bool
    process: str | None
    edition: int | None
    unsure: bool
    votes: bool
    gave: bool
    is_member: bool
    region: str | None
    consented: bool | None
    address_id: str
    address_index: str
    person_id: str | None
    reach: str
    turns: int
    replied: datetime | None
    spoke: datetime
    talk: Box | None
    shut: datetime | None
    key: bytes
    key_epoch: int
    language: str
    chat_process: str | None
    linked: bool
    came_by_link: bool
    address_process: str | None
    """The process of the sender, which goes before that of the chat."""


def _found(keys: Keyring, row: _Row) -> Found:
    if row.person_id is None:
        return Found(row.seen, row.process, row.edition, None)
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    known = Known(
        person=row.person_id,
        address=row.address_id,
        key=key,
        language=row.language,
        joined=row.region is not None,
        region=row.region or "",
        consented=bool(row.consented),
        reach=row.reach,
        turns=row.turns,
        replied=row.replied,
        spoke=row.spoke,
        talk=None if row.talk is None else key.open(row.talk, address.c.talk, row.address_id),
        process=row.chat_process,
        shut=row.shut is not None,
        unsure=row.unsure,
        votes=row.votes,
        gave=row.gave,
        member=row.is_member,
        linked=row.linked,
        came_by_link=row.came_by_link,
    )
    return Found(row.seen, row.process, row.edition, known)


@lru_cache(maxsize=2)
def _statement(dialect: str) -> Select[Any]:
    messages = _messages_sqlite() if dialect == "sqlite" else _messages_postgresql()
    met = (
        select(
            address.c.id,
            address.c.index,
            address.c.person_id,
            address.c.reach,
            address.c.turns,
            address.c.replied,
            address.c.spoke,
            address.c.talk,
            address.c.shut,
            person.c.key,
            person.c.key_epoch,
            person.c.language,
            address.c.process_id.label("chat_process_id"),
            person.c.linked,
            address.c.linked.label("came_by_link"),
            func.coalesce(sender.c.process_id, address.c.process_id).label("process_id"),
        )
        .join(person, person.c.id == address.c.person_id)
        .outerjoin(sender, sender.c.name == address.c.channel)
        .where(address.c.index.in_(select(messages.c.asked_index)))
        .order_by(person.c.id, address.c.id)  # everybody locks in the same order, so nobody waits for ever
        .with_for_update(of=[person, address], key_share=True)  # a broadcast may name a person meanwhile
        .cte("met")
    )
    parts = _parts(met)
    takes_part = and_(parts.c.process_id == process.c.id, parts.c.person_id == met.c.person_id)
    return (
        select(
            messages.c.asked_event,
            messages.c.asked_index,
            event.c.id.is_not(None).label("seen"),
            process.c.id.label("process"),
            process.c.edition.label("edition"),
            _unsure(met.c.id).label("unsure"),
            _votes(met.c.person_id).label("votes"),
            _gave(met.c.person_id).label("gave"),
            _sits(met.c.person_id).label("member"),
            parts.c.region,
            parts.c.consented,
            met,
        )
        .select_from(messages)
        .outerjoin(event, event.c.id == messages.c.asked_event)
        .outerjoin(met, met.c.index == messages.c.asked_index)
        .outerjoin(process, process.c.id == func.coalesce(met.c.process_id, _of_sender(messages), _only_process()))
        .outerjoin(parts, takes_part)
    )


def _parts(met: CTE) -> CTE:
    """What each of them is in the process of the chat. Locked, it is as whoever they waited for left it."""
    return (
        select(participation.c.process_id, participation.c.person_id, participation.c.region, participation.c.consented)
        .join(met, met.c.person_id == participation.c.person_id)
        .where(participation.c.process_id == func.coalesce(met.c.process_id, _only_process()))
        .with_for_update(of=[participation], key_share=True)
        .cte("parts")
    )


def _of_sender(messages: CTE) -> ColumnElement[str | None]:
    """The process that the sender belongs to which a message came to; null where it is shared."""
    return select(sender.c.process_id).where(sender.c.name == messages.c.asked_sender).scalar_subquery()


def _only_process() -> ColumnElement[str | None]:
    """The only process that is open; where none is, the one that closed last; null where there are several."""
    is_open = process.c.state == ProcessState.OPEN
    only = select(func.min(process.c.id)).where(is_open).having(func.count() == 1)
    any_other = process.alias("any_other")
    is_any_open = exists().where(any_other.c.state == ProcessState.OPEN)
    last = select(process.c.id).where(~is_any_open).order_by(process.c.closed.desc(), process.c.id).limit(1)
    return func.coalesce(only.scalar_subquery(), last.scalar_subquery())


def _unsure(where: ColumnElement[str]) -> ColumnElement[bool]:
    return _there_is(select(delivery.c.id).where(is_unknown(delivery), delivery.c.address_id == where))


def _gave(person_id: ColumnElement[str]) -> ColumnElement[bool]:
    theirs = (contribution.c.person_id == person_id, contribution.c.process_id == process.c.id)
    return _there_is(select(contribution.c.id).where(*theirs))


def _sits(person_id: ColumnElement[str]) -> ColumnElement[bool]:
    theirs = (membership.c.person_id == person_id, membership.c.process_id == process.c.id, sits)
    return _there_is(select(membership.c.person_id).where(*theirs))


def _votes(person_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Asked of each round that is open: few are. As a join, SQLite would read all ballots that there ever were."""
    theirs = select(roll.c.round_id).where(roll.c.round_id == round_.c.id, roll.c.person_id == person_id)
    is_on_the_roll = _there_is(theirs.correlate_except(roll))
    is_open = and_(round_.c.closed.is_(None), round_.c.closes > bindparam("now", type_=Moment()))
    return _there_is(select(round_.c.id).where(round_.c.process_id == process.c.id, is_open, is_on_the_roll))


def _there_is(query: Select[Any]) -> ColumnElement[bool]:
    """With a limit it is looked up for each person, whatever PostgreSQL believes to be cheaper: there may be many."""
    return query.limit(1).scalar_subquery().is_not(None)


def _messages_postgresql() -> Any:
    each = func.json_array_elements(cast(bindparam("asked", type_=Text), JSON)).column_valued("each_asked")
    return select(
        each.op("->>")(0).label("asked_event"),
        each.op("->>")(1).label("asked_index"),
        each.op("->>")(2).label("asked_sender"),
    ).cte("asked")


def _messages_sqlite() -> Any:
    each = func.json_each(bindparam("asked", type_=Text)).table_valued(column("value", Text), name="each_asked")
    return select(
        func.json_extract(each.c.value, "$[0]").label("asked_event"),
        func.json_extract(each.c.value, "$[1]").label("asked_index"),
        func.json_extract(each.c.value, "$[2]").label("asked_sender"),
    ).cte("asked")
