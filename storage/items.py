"""What we tell before it leaves: items, their editions, their renditions."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, insert, null, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.states import RenditionState, SendingState
from storage.tables import edition, item, rendition, sending


class ItemKind(StrEnum):
    """What an item is."""

    BULLETIN = "bulletin"
    """News for many."""
    PART = "part"
    """A part of a text that is written together; the first line of its text is its heading."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to be begun, with its first text. The plan is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    kind: ItemKind
    language: str
    title: str
    text: str = field(repr=False)
    plan: str
    staff_id: str | None
    """Who wrote all that; None: the program put it together."""
    made: datetime
    since: datetime | None
    """Of an e-bulletin: since when happened what it tells; None: it is none."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as it stands, with its newest text in the language in which it is written first."""

    id: str
    kind: ItemKind
    language: str
    title: str
    edition: int
    plan: str
    planned_by: str | None
    made: datetime
    changed: datetime
    dropped: datetime | None
    since: datetime | None
    text: str = field(repr=False)
    staff_id: str | None
    """Who wrote the text; None: the program put it together."""


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """The text of an item in the language in which it is written first, as it was once."""

    number: int
    text: str = field(repr=False)
    staff_id: str | None
    written: datetime


@dataclass(frozen=True, slots=True)
class StoredRendition:
    """The text of an item in one more language. The columns of the table, in its order."""

    language: str
    text: str = field(repr=False)
    state: RenditionState
    source_edition: int
    edition: int
    staff_id: str
    """Who wrote the text."""
    approved_by: str | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item without its text."""

    id: str
    kind: ItemKind
    language: str
    title: str
    edition: int
    changed: datetime
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ListedRendition:
    """A rendition without its text."""

    item_id: str
    language: str
    state: RenditionState
    source_edition: int


async def add(session: Session, new: NewItem) -> None:
    values = asdict(new)
    text, staff_id = values.pop("text"), values.pop("staff_id")
    begun = {"edition": 1, "planned_by": staff_id, "changed": new.made}
    await session.execute(insert(item).values(values | begun))
    await _add_edition(session, new.id, StoredEdition(1, text, staff_id, new.made))


async def lock(session: Session, process_id: str, item_id: str) -> bool:
    """Whoever else changes this item waits until this transaction ends. False when the process has none of this id."""
    locked = select(item.c.id).where(item.c.process_id == process_id, item.c.id == item_id).with_for_update()
    return (await session.execute(locked)).one_or_none() is not None


async def get(session: Session, process_id: str, item_id: str) -> StoredItem | None:
    """None when the process has none of this id."""
    row = (await session.execute(_with_text(process_id).where(item.c.id == item_id))).one_or_none()
    return None if row is None else _read(row)


async def written_in(session: Session, process_id: str, language: str) -> list[StoredItem]:
    """Those of the process that are written in this language and were not dropped, what was changed last first."""
    theirs = _with_text(process_id).where(item.c.language == language, item.c.dropped.is_(None))
    rows = await session.execute(theirs.order_by(item.c.changed.desc(), item.c.id))
    return [_read(row) for row in rows]


def _with_text(process_id: str) -> Select[Any]:
    newest = (edition.c.item_id == item.c.id, edition.c.number == item.c.edition)
    return (
        select(*_columns(item, StoredItem, without=2), edition.c.text, edition.c.staff_id)
        .join(edition, newest[0] & newest[1])
        .where(item.c.process_id == process_id)
    )


async def write(session: Session, item_id: str, new: StoredEdition) -> None:
    """Let this be its newest edition."""
    changed = {"edition": new.number, "changed": new.written}
    await session.execute(update(item).where(item.c.id == item_id).values(changed))
    await _add_edition(session, item_id, new)


async def _add_edition(session: Session, item_id: str, new: StoredEdition) -> None:
    await session.execute(insert(edition).values(item_id=item_id, **asdict(new)))


async def editions(session: Session, item_id: str) -> list[StoredEdition]:
    """Every one that there ever was, the newest first."""
    theirs = select(*_columns(edition, StoredEdition)).where(edition.c.item_id == item_id)
    return [StoredEdition(*row) for row in await session.execute(theirs.order_by(edition.c.number.desc()))]


async def rename(session: Session, item_id: str, title: str, now: datetime) -> None:
    await session.execute(update(item).where(item.c.id == item_id).values(title=title, changed=now))


async def replan(session: Session, item_id: str, plan: str, staff_id: str, now: datetime) -> None:
    changed = {"plan": plan, "planned_by": staff_id, "changed": now}
    await session.execute(update(item).where(item.c.id == item_id).values(changed))


async def drop(session: Session, item_id: str, now: datetime) -> None:
    """It is given up, and no longer listed."""
    await session.execute(update(item).where(item.c.id == item_id).values(dropped=now, changed=now))


async def put_rendition(session: Session, item_id: str, new: StoredRendition) -> None:
    """In place of the one in this language."""
    values = asdict(new)
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(rendition)
    put = added.values(item_id=item_id, **values)
    await session.execute(put.on_conflict_do_update(index_elements=["item_id", "language"], set_=values))


async def renditions(session: Session, item_id: str) -> list[StoredRendition]:
    """In all its other languages, by their codes."""
    theirs = select(*_columns(rendition, StoredRendition)).where(rendition.c.item_id == item_id)
    rows = await session.execute(theirs.order_by(rendition.c.language))
    return [_read_rendition(row) for row in rows]


async def renditions_into(session: Session, process_id: str, language: str) -> dict[str, StoredRendition]:
    """Those of the process in this language, by the ids of their items."""
    theirs = (item.c.process_id == process_id, rendition.c.language == language)
    rows = await session.execute(
        select(*_columns(rendition, StoredRendition), rendition.c.item_id)
        .join(item, item.c.id == rendition.c.item_id)
        .where(*theirs)
    )
    return {row.item_id: _read_rendition(row[:-1]) for row in rows}


async def listed(session: Session, process_id: str) -> list[ListedItem]:
    """Those of the process that were not dropped, what was changed last first."""
    theirs = (item.c.process_id == process_id, item.c.dropped.is_(None))
    rows = await session.execute(
        select(*_columns(item, ListedItem)).where(*theirs).order_by(item.c.changed.desc(), item.c.id)
    )
    return [ListedItem(name, ItemKind(kind), *rest) for name, kind, *rest in rows]


async def listed_renditions(session: Session, process_id: str) -> list[ListedRendition]:
    """Of the items of the process that were not dropped."""
    theirs = (item.c.process_id == process_id, item.c.dropped.is_(None))
    rows = await session.execute(
        select(*_columns(rendition, ListedRendition))
        .join(item, item.c.id == rendition.c.item_id)
        .where(*theirs)
        .order_by(rendition.c.item_id, rendition.c.language)
    )
    return [ListedRendition(name, code, RenditionState(state), source) for name, code, state, source in rows]


@dataclass(frozen=True, slots=True)
class CountedRenditions:
    """How many items are this far in a language."""

    language: str
    state: RenditionState | None
    """None: the items are written in it first."""
    is_stale: bool
    """The source has changed since."""
    number: int


async def to_leave(session: Session, process_id: str) -> list[CountedRenditions]:
    """How far the items of the process are that have not left yet as they are now; one that repeats leaves again."""
    left = exists().where(
        sending.c.item_id == item.c.id,
        sending.c.state == SendingState.LEFT,
        sending.c.broadcast_id.is_not(None),
        sending.c.requested >= item.c.changed,
    )
    theirs = (item.c.process_id == process_id, item.c.dropped.is_(None), ~left)
    first = select(item.c.language, null(), false(), func.count()).where(*theirs).group_by(item.c.language)
    place = (rendition.c.language, rendition.c.state, (rendition.c.source_edition < item.c.edition).label("is_stale"))
    others = select(*place, func.count()).join(item, item.c.id == rendition.c.item_id).where(*theirs).group_by(*place)
    rows = await session.execute(union_all(first, others))
    return [
        CountedRenditions(language, state and RenditionState(state), bool(is_stale), number)
        for language, state, is_stale, number in rows
    ]


async def newest_digest(session: Session, process_id: str) -> datetime | None:
    """When the newest e-bulletin of the process was put together that was not dropped; None: none was."""
    theirs = (item.c.process_id == process_id, item.c.dropped.is_(None), item.c.since.is_not(None))
    found: datetime | None = (await session.execute(select(func.max(item.c.made)).where(*theirs))).scalar_one()
    return found


def _read(row: Any) -> StoredItem:
    return StoredItem(**row._asdict() | {"kind": ItemKind(row.kind)})


def _read_rendition(row: Any) -> StoredRendition:
    language, text, state, *rest = row
    return StoredRendition(language, text, RenditionState(state), *rest)


def _columns(table: Any, kind: Any, without: int = 0) -> list[ColumnElement[Any]]:
    """The columns of the fields of a class, without its last ones."""
    names = [part.name for part in fields(kind)]
    return [table.c[name] for name in names[: len(names) - without]]
