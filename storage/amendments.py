"""What people say of the parts of a text and propose for them, who supports it, and what was decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, insert, select, update

from storage import contributions
from storage._ground.database import Session
from storage.keys import Keyring
from storage.states import ResponseState
from storage.tables import (
    amendment,
    contribution,
    decision,
    is_shown,
    person,
    recording,
    response,
    support,
)
from storage.together import Writes


class NewAmendment(Struct, frozen=True):
    """What a contribution is about that somebody gave while they read a text."""

    contribution: str
    text: str
    part: str
    edition: int
    """Of the part, which they had read."""
    proposes: bool
    """Its words are to take the place of the part's; else they only say something of it."""


@dataclass(frozen=True, slots=True)
class OpenAmendment:
    """What others may read of a part, without its words."""

    id: str
    supports: bool
    """Whoever looks at it wants it, too."""


@dataclass(frozen=True, slots=True)
class ReadableAmendment:
    """What somebody else proposed, as everybody may read it."""

    language: str
    words: str = field(repr=False)
    supporters: int
    """Raw: nobody sees it before it is rounded."""


@dataclass(frozen=True, slots=True)
class ListedAmendment:
    """The same as staff read it, under no pseudonym."""

    id: str
    part: str
    edition: int
    proposes: bool
    language: str
    words: str = field(repr=False)
    """Those that may be shown to staff: masked; "" when they are hidden, not written down yet, or their person was
    forgotten."""
    day: date
    quotable: bool
    """Its person agreed that others read it."""
    shown: datetime | None
    supporters: int
    """Raw: nobody sees it before it is rounded."""
    is_decided: bool
    state: ResponseState | None
    """Of the newest response to it; None: there is none yet."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on an amendment to a part. What is by language is a JSON text that the handlers wrote."""

    part: str
    edition: int | None
    """The one that took it up; None: none did."""
    state: ResponseState
    reason: str = field(repr=False)
    decided_by: str = field(repr=False)
    published: datetime


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a response decides, in the columns of the table."""

    response_id: str
    part_id: str
    contribution_id: str
    edition: int | None


def add(writes: Writes, new: NewAmendment) -> None:
    """Say what a contribution is about. Given again in the same talk nobody has looked at it yet."""
    row = {"text_id": new.text, "part_id": new.part, "edition": new.edition, "proposes": new.proposes}
    unseen = {"shown": None, "shown_by": None}
    writes.replace(amendment, ("contribution_id",), contribution_id=new.contribution, **row, **unseen)


def put_support(writes: Writes, contribution_id: str, person_id: str, address_id: str, today: date) -> None:
    """This person wants it, too, and is told there what is decided."""
    row = {"contribution_id": contribution_id, "person_id": person_id, "address_id": address_id, "since": today}
    writes.replace(support, ("contribution_id", "person_id"), **row)


async def drop_support(session: Session, contribution_id: str, person_id: str) -> None:
    theirs = (support.c.contribution_id == contribution_id, support.c.person_id == person_id)
    await session.execute(delete(support).where(*theirs))


async def open_to(
    session: Session, process_id: str, person_id: str, part_id: str, most: int
) -> Sequence[OpenAmendment]:
    """What others than this person proposed for a part and nobody has decided on yet.

    In an order that says nothing: not by how many want it, nor by who was first.
    """
    mine = exists().where(support.c.contribution_id == contribution.c.id, support.c.person_id == person_id)
    query = (
        select(contribution.c.id, case((mine, 1), else_=0).label("supports"))
        .join(amendment, amendment.c.contribution_id == contribution.c.id)
        .where(
            contribution.c.process_id == process_id,
            amendment.c.part_id == part_id,
            _is_open(),
            ~_is_decided(),
            contribution.c.person_id != person_id,
        )
        .order_by(contribution.c.id)
        .limit(most)
    )
    return [OpenAmendment(row.id, bool(row.supports)) for row in await session.execute(query)]


async def read(session: Session, process_id: str, keys: Keyring, contribution_id: str) -> ReadableAmendment | None:
    """What was proposed, where others may read it; None: they may not, or not any more."""
    query = _rows(process_id).where(contribution.c.id == contribution_id, _is_open())
    row = (await session.execute(query)).one_or_none()
    words = "" if row is None else _words(keys, row)
    return ReadableAmendment(row.language, words, row.supporters) if row is not None and words else None


async def may_support(session: Session, process_id: str, contribution_id: str, person_id: str) -> bool:
    """Whether others may read it, nothing was decided on it, and it is not their own."""
    query = (
        select(contribution.c.id)
        .join(amendment, amendment.c.contribution_id == contribution.c.id)
        .where(
            contribution.c.process_id == process_id,
            contribution.c.id == contribution_id,
            _is_open(),
            ~_is_decided(),
            contribution.c.person_id != person_id,
        )
    )
    return (await session.execute(query)).one_or_none() is not None


async def of_part(
    session: Session,
    process_id: str,
    keys: Keyring,
    part_id: str,
    languages: Collection[str] | None,
    most: int,
) -> Sequence[ListedAmendment]:
    """What people of the process said of a part, what most support first; None: in any language."""
    query = _rows(process_id).where(amendment.c.part_id == part_id, is_shown(contribution))
    if languages is not None:
        query = query.where(contribution.c.language.in_(languages))
    in_order = query.order_by(_is_decided(), _supporters().desc(), contribution.c.id)
    return [_listed(keys, row) for row in await session.execute(in_order.limit(most))]


async def get(session: Session, process_id: str, keys: Keyring, contribution_id: str) -> ListedAmendment | None:
    """One of them; None: the process has none of this id."""
    row = (await session.execute(_rows(process_id).where(contribution.c.id == contribution_id))).one_or_none()
    return None if row is None else _listed(keys, row)


@dataclass(frozen=True, slots=True)
class StandingAmendment:
    """How far an amendment is, without its words."""

    part: str
    text: str
    proposes: bool
    is_decided: bool


async def standing(
    session: Session, process_id: str, contribution_id: str, lock: bool = False
) -> StandingAmendment | None:
    """None: the process has none of this id. `lock`: whoever else decides on it waits."""
    columns = (amendment.c.part_id, amendment.c.text_id, amendment.c.proposes, _is_decided())
    query = select(*columns).join(contribution, contribution.c.id == amendment.c.contribution_id)
    theirs = (contribution.c.process_id == process_id, contribution.c.id == contribution_id)
    found = query.where(*theirs)
    row = (await session.execute(found.with_for_update(of=[contribution]) if lock else found)).one_or_none()
    return None if row is None else StandingAmendment(row.part_id, row.text_id, row.proposes, bool(row[-1]))


async def waiting(session: Session, process_id: str, text_id: str) -> Mapping[str, int]:
    """How many amendments and comments nobody has decided on, by the part of this text. Raw."""
    query = (
        select(amendment.c.part_id, func.count().label("number"))
        .join(contribution, contribution.c.id == amendment.c.contribution_id)
        .where(
            contribution.c.process_id == process_id,
            amendment.c.text_id == text_id,
            is_shown(contribution),
            ~_is_decided(),
        )
        .group_by(amendment.c.part_id)
    )
    return {row.part_id: row.number for row in await session.execute(query)}


async def show(session: Session, process_id: str, contribution_id: str, staff_id: str, now: datetime) -> bool:
    """Let others read it. False where its person did not agree to that, or there is nothing to read."""
    allowed = select(contribution.c.id).where(
        contribution.c.process_id == process_id,
        contribution.c.id == contribution_id,
        contribution.c.quotable,
        is_shown(contribution),
    )
    theirs = (amendment.c.contribution_id.in_(allowed), amendment.c.proposes)
    shown = update(amendment).where(*theirs).values(shown=now, shown_by=staff_id)
    return bool((await session.execute(shown)).rowcount)


async def take_down(session: Session, process_id: str, contribution_id: str) -> None:
    """Others do not read it any more."""
    theirs = select(contribution.c.id).where(
        contribution.c.process_id == process_id, contribution.c.id == contribution_id
    )
    down = {"shown": None, "shown_by": None}
    await session.execute(update(amendment).where(amendment.c.contribution_id.in_(theirs)).values(down))


async def decide(session: Session, new: NewDecision) -> None:
    await session.execute(insert(decision).values(asdict(new)))


async def decided(session: Session, process_id: str, parts: Collection[str]) -> Sequence[Decided]:
    """What the process decided on amendments to these parts, the newest first."""
    columns = (decision.c.part_id, decision.c.edition, response.c.state, response.c.reason, response.c.decided_by)
    query = (
        select(*columns, response.c.published)
        .join(response, response.c.id == decision.c.response_id)
        .where(response.c.process_id == process_id, decision.c.part_id.in_(parts))
    )
    rows = await session.execute(query.order_by(response.c.published.desc(), response.c.id))
    return [Decided(part, number, ResponseState(state), *rest) for part, number, state, *rest in rows]


async def move(session: Session, process_id: str, text_id: str, part_id: str, to_part: str, edition: int) -> None:
    """What people of the process proposed for a shared part is about their own from now on."""
    theirs = select(contribution.c.id).where(contribution.c.process_id == process_id)
    about = (amendment.c.text_id == text_id, amendment.c.part_id == part_id)
    moved = update(amendment).where(*about, amendment.c.contribution_id.in_(theirs))
    await session.execute(moved.values(part_id=to_part, edition=edition))


def _is_open() -> ColumnElement[bool]:
    """Others may read it: its person agreed, a member of staff has looked at it, and it is not hidden."""
    return and_(
        amendment.c.proposes,
        amendment.c.shown.is_not(None),
        contribution.c.quotable,
        contribution.c.person_id.is_not(None),
        is_shown(contribution),
    )


def _is_decided() -> ColumnElement[bool]:
    return exists().where(decision.c.contribution_id == contribution.c.id).correlate(contribution)


def _supporters() -> ColumnElement[int]:
    """Who wants it, too, beside its person, who may have done so in another chat."""
    others = func.coalesce(contribution.c.person_id, "") != support.c.person_id
    return (
        select(func.count())
        .where(support.c.contribution_id == contribution.c.id, others)
        .correlate(contribution)
        .scalar_subquery()
    )


def _rows(process_id: str) -> Select[Any]:
    about = (amendment.c.part_id, amendment.c.edition, amendment.c.proposes, amendment.c.shown)
    return (
        select(
            contribution,
            *about,
            person.c.key,
            person.c.key_epoch,
            recording.c.words.label("heard"),
            response.c.state.label("response_state"),
            _supporters().label("supporters"),
            _is_decided().label("is_decided"),
        )
        .join(amendment, amendment.c.contribution_id == contribution.c.id)
        .outerjoin(person, person.c.id == contribution.c.person_id)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .outerjoin(response, response.c.id == contribution.c.response_id)
        .where(contribution.c.process_id == process_id)
    )


def _words(keys: Keyring, row: Any) -> str:
    if row.person_id is None or row.hidden is not None:
        return ""
    return contributions.shown(keys.unwrap(row.person_id, row.key, row.key_epoch), row)


def _listed(keys: Keyring, row: Any) -> ListedAmendment:
    return ListedAmendment(
        id=row.id,
        part=row.part_id,
        edition=row.edition,
        proposes=row.proposes,
        language=row.language,
        words=_words(keys, row),
        day=row.given,
        quotable=row.quotable,
        shown=row.shown,
        supporters=row.supporters,
        is_decided=bool(row.is_decided),
        state=None if row.response_state is None else ResponseState(row.response_state),
    )
