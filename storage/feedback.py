"""Whether responses answer those whom they were told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from storage._ground.database import Session
from storage.keys import Keyring, PersonKey
from storage.states import Helped, ResponseState
from storage.tables import (
    contribution,
    decision,
    feedback,
    follow,
    gathered,
    matter,
    participation,
    person,
    response,
    response_matter,
    support,
)
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class HeardResponse:
    """A response that somebody was told."""

    id: str
    state: ResponseState
    published: datetime


async def newest(session: Session, process_id: str, person_id: str) -> HeardResponse | None:
    """The newest response of the process to anything that this person gave or follows."""
    found = _heard(process_id, person_id).order_by(response.c.published.desc(), response.c.id).limit(1)
    row = (await session.execute(found)).one_or_none()
    return None if row is None else _read(*row)


async def heard(session: Session, response_id: str, person_id: str) -> HeardResponse | None:
    """This response, if it is to anything that this person gave or follows, in a process that they take part in."""
    process = select(response.c.process_id).where(response.c.id == response_id)
    process_id = (await session.execute(process)).scalar_one_or_none()
    if process_id is None:
        return None
    takes_part = exists().where(
        participation.c.process_id == process_id, participation.c.person_id == person_id, participation.c.consented
    )
    found = _heard(process_id, person_id).where(response.c.id == response_id, takes_part)
    row = (await session.execute(found)).one_or_none()
    return None if row is None else _read(*row)


def _heard(process_id: str, person_id: str) -> Select[Any]:
    theirs = and_(contribution.c.process_id == process_id, contribution.c.person_id == person_id)
    directly = select(contribution.c.response_id).where(theirs)
    in_them = (
        select(response_matter.c.response_id)
        .join(gathered, gathered.c.matter_id == response_matter.c.matter_id)
        .join(contribution, contribution.c.id == gathered.c.contribution_id)
        .where(theirs)
    )
    followed = (
        select(response_matter.c.response_id)
        .join(matter, matter.c.id == response_matter.c.matter_id)
        .join(follow, follow.c.matter_id == matter.c.id)
        .where(matter.c.process_id == process_id, follow.c.person_id == person_id)
    )
    supported = (
        select(decision.c.response_id)
        .join(support, support.c.contribution_id == decision.c.contribution_id)
        .join(contribution, contribution.c.id == support.c.contribution_id)
        .where(contribution.c.process_id == process_id, support.c.person_id == person_id)
    )
    to_them = or_(*(response.c.id.in_(names) for names in (directly, in_them, followed, supported)))
    found = select(response.c.id, response.c.state, response.c.published)
    return found.where(response.c.process_id == process_id, to_them)


def _read(name: str, state: str, published: datetime) -> HeardResponse:
    return HeardResponse(name, ResponseState(state), published)


def put(writes: Writes, key: PersonKey, response_id: str, helped: Helped, today: date, why: str = "") -> None:
    """What this person says of a response takes the place of what they said of it before."""
    row = {"response_id": response_id, "person_id": key.person, "helped": helped, "day": today}
    writes.replace(
        feedback,
        ("response_id", "person_id"),
        **row,
        why=key.seal(why, feedback.c.why, response_id) if why else None,
    )


async def counted(session: Session, process_id: str, responses: Collection[str]) -> Mapping[str, Mapping[Helped, int]]:
    """How many said what of each of these responses of the process. Whoever shows it rounds it."""
    rows = await session.execute(
        select(feedback.c.response_id, feedback.c.helped, func.count())
        .join(response, response.c.id == feedback.c.response_id)
        .where(response.c.process_id == process_id, feedback.c.response_id.in_(responses))
        .group_by(feedback.c.response_id, feedback.c.helped)
    )
    found: dict[str, dict[Helped, int]] = {}
    for response_id, helped, number in rows:
        found.setdefault(response_id, {})[Helped(helped)] = number
    return found


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a response does not answer somebody, as the staff read it."""

    helped: Helped
    language: str
    """That of who said it."""
    words: str = field(repr=False)


async def reasons(
    session: Session, process_id: str, keys: Keyring, responses: Collection[str], most: int
) -> Mapping[str, Sequence[Reason]]:
    """Why each of these responses of the process does not answer those who said so, the newest `most` of each."""
    place = func.row_number().over(
        partition_by=feedback.c.response_id, order_by=(feedback.c.day.desc(), feedback.c.person_id)
    )
    newest = (
        select(feedback.c.response_id, feedback.c.person_id, feedback.c.helped, feedback.c.why, place.label("place"))
        .join(response, response.c.id == feedback.c.response_id)
        .where(response.c.process_id == process_id, feedback.c.response_id.in_(responses), feedback.c.why.is_not(None))
        .subquery()
    )
    rows = await session.execute(
        select(newest, person.c.key, person.c.key_epoch, person.c.language)
        .join(person, person.c.id == newest.c.person_id)
        .where(newest.c.place <= most)
        .order_by(newest.c.response_id, newest.c.place)
    )
    found: dict[str, list[Reason]] = {}
    for row in rows:
        found.setdefault(row.response_id, []).append(_reason(keys, row))
    return found


def _reason(keys: Keyring, row: Any) -> Reason:
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    return Reason(Helped(row.helped), row.language, key.open(row.why, feedback.c.why, row.response_id))
