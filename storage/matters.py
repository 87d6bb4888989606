"""Matters: what contributions that say the same are gathered into."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update

from storage._ground.database import Session
from storage.states import ProcessState, ResponseState
from storage.tables import gathered, is_unanswered, matter, process, response, waits_for_its_response


@dataclass(frozen=True, slots=True)
class StoredMatter:
    """A matter as it stands. The columns of the table, but that of the process."""

    id: str
    title: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    topic: str
    owner: str | None
    due: date | None
    note: str = field(repr=False)
    """As the title."""
    response_id: str | None
    told_late: date | None
    public: datetime | None
    opened: datetime
    changed: datetime
    owed: bool
    """A round has decided on it since its newest response."""
    dropped: datetime | None


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter to be opened."""

    id: str
    process_id: str
    title: str = field(repr=False)
    topic: str
    owner: str | None
    due: date | None
    opened: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What the organizers say of a matter, and may change."""

    title: str = field(repr=False)
    topic: str
    owner: str | None
    due: date | None
    note: str = field(repr=False)
    public: datetime | None


async def add(session: Session, new: NewMatter) -> None:
    await session.execute(insert(matter).values(**asdict(new), note="{}", changed=new.opened))


async def get(session: Session, process_id: str, matter_id: str) -> StoredMatter | None:
    """None when the process has none of this id, or it was given up."""
    row = (await session.execute(_of(process_id).where(matter.c.id == matter_id))).one_or_none()
    return None if row is None else StoredMatter(*row)


async def take(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[StoredMatter]:
    """Those of the process, locked in the order of their ids: whoever else does something with them waits."""
    taken = _of(process_id).where(matter.c.id.in_(matter_ids)).order_by(matter.c.id)
    return [StoredMatter(*row) for row in await session.execute(taken.with_for_update(key_share=True))]


async def several(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[StoredMatter]:
    """Those of the process, in the order of their ids."""
    rows = await session.execute(_of(process_id).where(matter.c.id.in_(matter_ids)).order_by(matter.c.id))
    return [StoredMatter(*row) for row in rows]


async def change(session: Session, matter_id: str, terms: Terms, now: datetime) -> None:
    await session.execute(update(matter).where(matter.c.id == matter_id).values(**asdict(terms), changed=now))


async def drop(session: Session, matter_id: str, now: datetime) -> None:
    """It is given up, and nothing is gathered in it any more; every contribution stays."""
    await session.execute(delete(gathered).where(gathered.c.matter_id == matter_id))
    await session.execute(update(matter).where(matter.c.id == matter_id).values(dropped=now, changed=now, public=None))


@dataclass(frozen=True, slots=True)
class ListedMatter:
    """A matter in a list, with the state of the newest response to it."""

    id: str
    title: str = field(repr=False)
    topic: str
    owner: str | None
    due: date | None
    public: datetime | None
    opened: datetime
    state: ResponseState | None
    """None: there is no response yet."""
    responded: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which matters a list has. An empty part asks for nothing."""

    topic: str = ""
    owner: str = ""
    is_waiting: bool | None = None
    """True: only those without a response; False: only those with one."""
    is_public: bool | None = None


ALL = Wanted()


async def listed(
    session: Session, process_id: str, wanted: Wanted, most: int, after: tuple[datetime, str] | None = None
) -> Sequence[ListedMatter]:
    """Those of the process, the newest first, from behind the one that was opened then and has this id.

    Those that wait are in the order of the day until which they were promised a response.
    """
    own = [matter.c[part.name] for part in fields(ListedMatter)[:-2]]
    query = (
        select(*own, response.c.state, response.c.published.label("responded"))
        .outerjoin(response, response.c.id == matter.c.response_id)
        .where(matter.c.process_id == process_id, *_meets(wanted))
    )
    if after is not None:
        before = or_(matter.c.opened < after[0], and_(matter.c.opened == after[0], matter.c.id < after[1]))
        query = query.where(before)
    rows = await session.execute(query.order_by(matter.c.opened.desc(), matter.c.id.desc()).limit(most))
    return [_listed(row) for row in rows]


async def due_first(session: Session, process_id: str, wanted: Wanted, most: int) -> Sequence[ListedMatter]:
    """Those that wait for a response, the most pressing first; those without a day come last."""
    own = [matter.c[part.name] for part in fields(ListedMatter)[:-2]]
    query = (
        select(*own, response.c.state, response.c.published.label("responded"))
        .outerjoin(response, response.c.id == matter.c.response_id)
        .where(matter.c.process_id == process_id, waits_for_its_response(matter), *_meets(wanted))
    )
    rows = await session.execute(query.order_by(matter.c.due.is_(None), matter.c.due, matter.c.id).limit(most))
    return [_listed(row) for row in rows]


def _listed(row: Any) -> ListedMatter:
    state = None if row.state is None else ResponseState(row.state)
    return ListedMatter(**row._asdict() | {"state": state})


def _meets(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [matter.c.dropped.is_(None)]
    if wanted.topic:
        conditions.append(matter.c.topic == wanted.topic)
    if wanted.owner:
        conditions.append(matter.c.owner == wanted.owner)
    if wanted.is_waiting is not None:
        none_yet = is_unanswered(matter)
        conditions.append(none_yet if wanted.is_waiting else ~none_yet)
    if wanted.is_public is not None:
        conditions.append(matter.c.public.is_not(None) if wanted.is_public else matter.c.public.is_(None))
    return conditions


@dataclass(frozen=True, slots=True)
class LateMatter:
    """A matter whose day is near or past, without a response."""

    id: str
    process_id: str
    title: str = field(repr=False)
    note: str = field(repr=False)
    owner: str | None
    due: date
    told_late: date | None


async def pressing(session: Session, process_id: str, until: date, most: int) -> Sequence[LateMatter]:
    """Those of the process that wait for a response promised until this day, the most pressing first."""
    rows = await session.execute(_late().where(matter.c.process_id == process_id, matter.c.due <= until).limit(most))
    return [LateMatter(*row) for row in rows]


async def take_late(session: Session, today: date, told_before: date, most: int) -> Sequence[LateMatter]:
    """Those of all open processes whose day has passed, and whose people were not told of it since `told_before`.

    They are locked, without what another worker has taken.
    """
    is_to_tell = or_(matter.c.told_late.is_(None), matter.c.told_late <= told_before)
    # What is over is told nothing: it would stand before the others for ever.
    open_ones = select(process.c.id).where(process.c.state == ProcessState.OPEN)
    late = _late().where(matter.c.due < today, is_to_tell, matter.c.process_id.in_(open_ones)).limit(most)
    rows = await session.execute(late.with_for_update(of=[matter], skip_locked=True, key_share=True))
    return [LateMatter(*row) for row in rows]


async def told_late(session: Session, matter_ids: Collection[str], today: date) -> None:
    await session.execute(update(matter).where(matter.c.id.in_(matter_ids)).values(told_late=today))


def _late() -> Select[Any]:
    columns = [matter.c[part.name] for part in fields(LateMatter)]
    waiting = select(*columns).where(waits_for_its_response(matter), matter.c.due.is_not(None))
    return waiting.order_by(matter.c.due, matter.c.id)


def _of(process_id: str) -> Select[Any]:
    columns = [matter.c[part.name] for part in fields(StoredMatter)]
    return select(*columns).where(matter.c.process_id == process_id, matter.c.dropped.is_(None))
