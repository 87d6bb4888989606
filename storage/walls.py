"""What everybody may read of a process: its public matters, the responses to them, and what followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, select

from storage._ground.database import Session
from storage.processes import StoredProcess
from storage.responses import NewResponse
from storage.results import StoredResult
from storage.states import Counted, ProcessState, ResponseState, ResultState, TextState
from storage.tables import (
    council,
    draw,
    is_public,
    matter,
    process,
    public_count,
    response,
    response_matter,
    result,
    sounding,
    text,
)
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class Version:
    """A process, and what tells whether its public pages are still as they were."""

    process: StoredProcess
    edition: int
    """Rises with every consultation, response and result, and with what is said of the process."""
    changed: datetime | None
    """When a matter was changed last; None: there is none."""
    counted: datetime | None
    """Since when the newest of its counts stands; None: there is none."""
    has_texts: bool = False
    """There is a text that people read and write together."""
    has_rounds: bool = False
    """People have been called to vote."""
    has_soundings: bool = False
    """There are statements that people agree or disagree with."""
    has_councils: bool = False
    """There is a council that is not dissolved."""
    drew: datetime | None = None
    """When something happened to a draw by lot last; None: there is none."""


async def versions(session: Session) -> Sequence[Version]:
    """Of every process that has public pages, in the order in which they were opened. One statement."""
    changed = select(func.max(matter.c.changed)).where(matter.c.process_id == process.c.id).scalar_subquery()
    counted = select(func.max(public_count.c.since)).where(public_count.c.process_id == process.c.id).scalar_subquery()
    own = (process.c.id, process.c.slug, process.c.state, process.c.parent_id, process.c.content)
    readable = (text.c.process_id == process.c.id, text.c.state.in_((TextState.PUBLISHED, TextState.CLOSED)))
    has = (
        select(text.c.id).where(*readable).exists().label("texts"),
        select(round_.c.id).where(round_.c.process_id == process.c.id).exists().label("rounds"),
        select(sounding.c.id).where(sounding.c.process_id == process.c.id).exists().label("soundings"),
        select(council.c.id)
        .where(council.c.process_id == process.c.id, council.c.dissolved.is_(None))
        .exists()
        .label("councils"),
    )
    happened = func.coalesce(draw.c.confirmed, draw.c.drawn, draw.c.entered, draw.c.announced)
    drew = select(func.max(happened)).where(draw.c.process_id == process.c.id).scalar_subquery()
    shown = select(*own, process.c.edition, changed, counted, *has, drew).where(
        process.c.state != ProcessState.ARCHIVED
    )
    rows = await session.execute(shown.order_by(process.c.opened, process.c.slug))
    return [Version(StoredProcess(row[0], row[1], ProcessState(row[2]), *row[3:5]), *row[5:]) for row in rows]


@dataclass(frozen=True, slots=True)
class PublicMatter:
    """A matter that everybody may read, with the newest response to it."""

    id: str
    title: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    topic: str
    due: date | None
    number: int | None
    """How many said it or support it: nobody sees it before it is rounded. None: they were not counted yet."""
    state: ResponseState | None
    """None: there is no response yet."""


async def matters(session: Session, process_id: str) -> Sequence[PublicMatter]:
    """All that everybody may read, the newest first."""
    behind = and_(
        public_count.c.process_id == process_id,
        public_count.c.counted == Counted.BEHIND,
        public_count.c.about == matter.c.id,
    )
    own = (matter.c.id, matter.c.title, matter.c.topic, matter.c.due)
    theirs = (
        select(*own, public_count.c.number, response.c.state)
        .outerjoin(response, response.c.id == matter.c.response_id)
        .outerjoin(public_count, behind)
        .where(matter.c.process_id == process_id, is_public(matter))
    )
    rows = await session.execute(theirs.order_by(matter.c.opened.desc(), matter.c.id))
    return [PublicMatter(*row[:-1], None if row.state is None else ResponseState(row.state)) for row in rows]


@dataclass(frozen=True, slots=True)
class PublicRound:
    """A round, whether everybody may read of it or not."""

    id: str
    content: str = field(repr=False)
    """As the handlers wrote it: it says whether everybody may read it."""
    closes: datetime
    closed: datetime | None
    result: str | None
    voters: int | None
    voted: int | None
    """How many could vote and voted, when it closed; nobody sees these before they are rounded."""
    ended_why: str | None
    added: int
    """How many were put on its roll after it had opened; nobody sees how many."""
    has_file: bool
    """Anybody can count it again."""


async def rounds(session: Session, process_id: str, most: int) -> Sequence[PublicRound]:
    """The newest, without those by which a council used a power: they are for nobody else, and there may be many."""
    has_file = round_.c.published.is_not(None)
    columns = [*(round_.c[part.name] for part in fields(PublicRound) if part.name != "has_file"), has_file]
    theirs = select(*columns).where(round_.c.process_id == process_id, round_.c.power.is_(None))
    rows = await session.execute(theirs.order_by(round_.c.opened.desc(), round_.c.id).limit(most))
    return [PublicRound(*row) for row in rows]


async def responses(session: Session, process_id: str, most: int) -> Sequence[NewResponse]:
    """The newest that answer a matter that everybody may read, the newest first."""
    columns = [response.c[part.name] for part in fields(NewResponse)]
    theirs = select(*columns).where(response.c.process_id == process_id, _answers_publicly(response.c.id))
    rows = await session.execute(theirs.order_by(response.c.published.desc(), response.c.id).limit(most))
    return [NewResponse(**row._asdict() | {"state": ResponseState(row.state)}) for row in rows]


async def results(session: Session, process_id: str, most: int) -> Sequence[StoredResult]:
    """The newest that followed such a response, the newest first."""
    columns = [result.c[part.name] for part in fields(StoredResult)]
    theirs = select(*columns).where(result.c.process_id == process_id, _answers_publicly(result.c.response_id))
    rows = await session.execute(theirs.order_by(result.c.published.desc(), result.c.id).limit(most))
    return [StoredResult(**row._asdict() | {"state": ResultState(row.state)}) for row in rows]


async def answered(session: Session, process_id: str) -> Mapping[str, Sequence[str]]:
    """The ids of the matters that everybody may read, by each response of the process that answers them."""
    columns = (response_matter.c.response_id, response_matter.c.matter_id)
    which = (matter.c.process_id == process_id, is_public(matter))
    answers = select(*columns).join(matter, matter.c.id == response_matter.c.matter_id).where(*which)
    found: dict[str, list[str]] = {}
    for response_id, matter_id in await session.execute(answers.order_by(matter.c.opened.desc(), matter.c.id)):
        found.setdefault(response_id, []).append(matter_id)
    return found


def _answers_publicly(response_id: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        response_matter.c.response_id == response_id,
        response_matter.c.matter_id == matter.c.id,
        is_public(matter),
    )
