"""What leaves in a file of what people gave: row by row without what points at them, and counted."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from storage import contributions
from storage._ground.database import Session
from storage.keys import Keyring
from storage.states import ResponseState
from storage.tables import address, contribution, participation, person, recording, response

LOOKED_AT = 10
"""So many are looked at for each that is quoted."""


@dataclass(frozen=True, slots=True)
class ExportedContribution:
    """One contribution. Whose it is never leaves as it stands here: a file has a name of its own for each person."""

    id: str
    person: str = field(repr=False)
    language: str
    region: str
    """"" where its person has named none, or has left the process."""
    topic: str
    consultation: str | None
    question: str | None
    option: str | None
    day: date
    words: str = field(repr=False)
    """As staff have passed them on; "" where they have not."""
    state: ResponseState


async def names(session: Session, process_id: str) -> Sequence[str]:
    """The ids of all that people gave the process who have not been forgotten."""
    query = select(contribution.c.id).where(*_given_to(process_id))
    return (await session.execute(query)).scalars().all()


async def rows(
    session: Session, process_id: str, keys: Keyring, names: Collection[str]
) -> Sequence[ExportedContribution]:
    """Those of the process that are still there, in no order."""
    theirs = (*_given_to(process_id), contribution.c.id.in_(names))
    return [_read(keys, row) for row in await session.execute(_whole(process_id).where(*theirs))]


@dataclass(frozen=True, slots=True)
class Quotable:
    """What somebody agreed that others read, without a name."""

    words: str = field(repr=False)
    language: str


async def quotable(session: Session, process_id: str, keys: Keyring, topic: str, most: int) -> Sequence[Quotable]:
    """What was said about a topic, each by somebody else, in the order of random ids."""
    theirs = (*_given_to(process_id), contribution.c.topic == topic, contribution.c.quotable)
    query = _whole(process_id).where(*theirs).order_by(contribution.c.id).limit(most * LOOKED_AT)
    found: dict[str, Quotable] = {}
    for row in await session.execute(query):
        if words := public_words(keys, row):
            found.setdefault(row.person_id, Quotable(words, row.language))
    return tuple(found.values())[:most]


def public_words(keys: Keyring, row: Any) -> str:
    """The words of a contribution as they may leave the house: read by staff, not hidden, without what was masked.

    "" for all others. This is the only place that decides it.
    """
    if row.read is None or row.hidden is not None:
        return ""
    return contributions.shown(keys.unwrap(row.person_id, row.key, row.key_epoch), row)


async def crowds(session: Session, process_id: str) -> Counter[tuple[str, str]]:
    """How many people gave something in which language, by where they live. Raw: nobody sees them."""
    number = func.count(contribution.c.person_id.distinct())
    cell = (contribution.c.language, func.coalesce(participation.c.region, "").label("region"))
    query = select(*cell, number).select_from(_with_participation(process_id)).where(*_given_to(process_id))
    return Counter({(row[0], row[1]): row[2] for row in await session.execute(query.group_by(*cell))})


@dataclass(frozen=True, slots=True)
class Heard:
    """How many people gave something. Raw, as the others."""

    people: int
    languages: Mapping[str, int]
    regions: Mapping[str, int]
    """By where they live; "" for who has named none."""
    channels: Mapping[str, int]
    """By the bot or number that they wrote to; "" where that is not known."""


async def heard(session: Session, process_id: str) -> Heard:
    people = select(func.count(contribution.c.person_id.distinct())).where(*_given_to(process_id))
    return Heard(
        (await session.execute(people)).scalar_one(),
        await _people_by(session, process_id, contribution.c.language),
        await _people_by(session, process_id, func.coalesce(participation.c.region, "")),
        await _people_by(session, process_id, func.coalesce(address.c.channel, "")),
    )


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How much was said about a topic, and by how many. Raw, as the others."""

    contributions: int
    people: int


async def topics(session: Session, process_id: str) -> Mapping[str, TopicCount]:
    """By the topic; "" for what names none."""
    counted = (func.count(), func.count(contribution.c.person_id.distinct()))
    query = select(contribution.c.topic, *counted).where(*_given_to(process_id)).group_by(contribution.c.topic)
    return {row[0]: TopicCount(row[1], row[2]) for row in await session.execute(query)}


async def _people_by(session: Session, process_id: str, what: ColumnElement[str]) -> Mapping[str, int]:
    joined = _with_participation(process_id).outerjoin(address, address.c.id == contribution.c.address_id)
    counted = select(what, func.count(contribution.c.person_id.distinct())).select_from(joined)
    rows = await session.execute(counted.where(*_given_to(process_id)).group_by(what))
    return {row[0]: row[1] for row in rows}


def _given_to(process_id: str) -> tuple[ColumnElement[bool], ...]:
    """By people who are still there: what is left of others is counted elsewhere, and no row of anybody's."""
    return contribution.c.process_id == process_id, contribution.c.person_id.is_not(None)


def _with_participation(process_id: str) -> Any:
    takes_part = and_(participation.c.person_id == contribution.c.person_id, participation.c.process_id == process_id)
    return contribution.outerjoin(participation, takes_part)


def _whole(process_id: str) -> Any:
    return (
        select(
            contribution,
            func.coalesce(participation.c.region, "").label("region"),
            person.c.key,
            person.c.key_epoch,
            response.c.state.label("response_state"),
            recording.c.words.label("heard"),
        )
        .select_from(_with_participation(process_id))
        .join(person, person.c.id == contribution.c.person_id)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .outerjoin(response, response.c.id == contribution.c.response_id)
    )


def _read(keys: Keyring, row: Any) -> ExportedContribution:
    return ExportedContribution(
        id=row.id,
        person=row.person_id,
        language=row.language,
        region=row.region,
        topic=row.topic,
        consultation=row.consultation_id,
        question=row.question,
        option=row.option,
        day=row.given,
        words=public_words(keys, row),
        state=ResponseState(row.response_state or ResponseState.RECEIVED),
    )
