"""Texts that are written together, and the parts that each of them has."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, select, update

from storage._ground.database import Session
from storage.items import ItemKind
from storage.states import RenditionState, TextState
from storage.tables import edition, item, process, rendition, text, text_part

READABLE = (TextState.PUBLISHED, TextState.CLOSED)
"""What people read."""
READY = (RenditionState.TRANSLATED, RenditionState.APPROVED)
"""How far a translation is that people read, where the process does not ask for more."""
HEAD = 200
"""So many letters of a part are looked at to say what it is called."""


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text. The columns of the table; what is by language is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    language: str
    title: str = field(repr=False)
    becomes: str = field(repr=False)
    decides: str = field(repr=False)
    until: date | None
    origin_id: str | None
    state: TextState
    begun: datetime
    published: datetime | None = None
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part where it stands in a text, with the beginning of its words."""

    id: str
    number: int
    """1 for the first, and so on: its place among all that the text has, shared ones included."""
    is_shared: bool
    """It is the part of the text above."""
    replaces: str | None
    """The part of the text above that it takes the place of."""
    language: str
    edition: int
    head: str = field(repr=False)
    heads: Mapping[str, str] = field(repr=False)
    """The beginning of its translations that say the same as its newest edition, by language."""


@dataclass(frozen=True, slots=True)
class PartOption:
    """A part as it can be voted on: the whole of its newest edition, or its beginning."""

    part_id: str
    text_id: str
    number: int
    edition: int
    language: str
    text: str = field(repr=False)
    renditions: Mapping[str, str] = field(repr=False)
    """Its translations that say the same, by language."""


async def add(session: Session, new: StoredText) -> None:
    await session.execute(insert(text).values(asdict(new)))


async def get(session: Session, process_id: str, text_id: str) -> StoredText | None:
    """None when the process has none of this id."""
    row = (await session.execute(_of(process_id).where(text.c.id == text_id))).one_or_none()
    return None if row is None else _read(row)


async def take(session: Session, process_id: str, text_id: str) -> StoredText | None:
    """The same, locked: whoever else changes it or its parts waits until this transaction ends."""
    row = (await session.execute(_of(process_id).where(text.c.id == text_id).with_for_update())).one_or_none()
    return None if row is None else _read(row)


async def listed(session: Session, process_id: str) -> Sequence[StoredText]:
    """Those of the process, the newest first."""
    rows = await session.execute(_of(process_id).order_by(text.c.begun.desc(), text.c.id))
    return [_read(row) for row in rows]


async def readable(session: Session, process_id: str) -> Sequence[StoredText]:
    """Those that people read, the newest first."""
    theirs = _of(process_id).where(text.c.state.in_(READABLE))
    return [_read(row) for row in await session.execute(theirs.order_by(text.c.published.desc(), text.c.id))]


async def revise(session: Session, revised: StoredText) -> None:
    """Let this be what is said of it, and how far it is."""
    values = asdict(revised)
    theirs = (text.c.process_id == values.pop("process_id"), text.c.id == values.pop("id"))
    await session.execute(update(text).where(*theirs).values(values))


async def add_part(session: Session, text_id: str, part_id: str, number: int, replaces: str | None = None) -> None:
    values = {"item_id": part_id, "text_id": text_id, "number": number, "replaces_id": replaces}
    await session.execute(insert(text_part).values(values))


async def order(session: Session, text_id: str, numbers: Mapping[str, int]) -> None:
    """Put parts of this text at these places."""
    place = case(numbers, value=text_part.c.item_id)
    theirs = (text_part.c.text_id == text_id, text_part.c.item_id.in_(numbers))
    await session.execute(update(text_part).where(*theirs).values(number=place))


async def let_go(session: Session, text_id: str, part_id: str) -> None:
    """A part that was given up takes no other's place any more."""
    theirs = (text_part.c.text_id == text_id, text_part.c.item_id == part_id)
    await session.execute(update(text_part).where(*theirs).values(replaces_id=None))


async def parts(
    session: Session, process_id: str, text_id: str, ready: Collection[RenditionState] = READY
) -> Sequence[PlacedPart]:
    """Its parts in their order, those that it shares in their newest edition; none when the process has no such text.

    `ready`: how far a translation is that people read. Three statements, and two more where it shares parts of another.
    """
    rows = await _placed(session, process_id, text_id, func.substr(edition.c.text, 1, HEAD))
    heads = await _translated(session, rows, func.substr(rendition.c.text, 1, HEAD), ready)
    return [
        PlacedPart(
            id=row.id,
            number=number,
            is_shared=row.process_id != process_id,
            replaces=row.replaces_id,
            language=row.language,
            edition=row.edition,
            head=row.words,
            heads=heads.get(row.id, {}),
        )
        for number, row in enumerate(rows, start=1)
    ]


async def part(
    session: Session,
    process_id: str,
    text_id: str,
    part_id: str,
    ready: Collection[RenditionState] = READY,
) -> PartOption | None:
    """One of them; None: the text has no such part."""
    found = await _whole(session, process_id, text_id, ready, part_id)
    return next(iter(found), None)


async def _whole(
    session: Session, process_id: str, text_id: str, ready: Collection[RenditionState], only: str = ""
) -> Sequence[PartOption]:
    rows = await _placed(session, process_id, text_id, edition.c.text)
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if only in ("", row.id)]
    whole = await _translated(session, [row for _number, row in numbered], rendition.c.text, ready)
    return [
        PartOption(row.id, row.text_id, number, row.edition, row.language, row.words, whole.get(row.id, {}))
        for number, row in numbered
    ]


async def beginnings(
    session: Session, process_id: str, ready: Collection[RenditionState] = READY
) -> Sequence[PartOption]:
    """The process's own parts of all texts that people read, each by its beginning. Two statements."""
    begins, translated = (func.substr(whole.c.text, 1, HEAD) for whole in (edition, rendition))
    return await _own(session, process_id, begins, translated, ready)


async def several(
    session: Session, process_id: str, part_ids: Collection[str], ready: Collection[RenditionState] = READY
) -> Sequence[PartOption]:
    """Those of these that are the process's own and that people read, whole. Two statements."""
    return await _own(session, process_id, edition.c.text, rendition.c.text, ready, part_ids)


async def _own(
    session: Session,
    process_id: str,
    words: ColumnElement[str],
    translated: ColumnElement[str],
    ready: Collection[RenditionState],
    only: Collection[str] | None = None,
) -> Sequence[PartOption]:
    """In the order of their texts, the newest first."""
    theirs = _parts(process_id, words).join(text, text.c.id == text_part.c.text_id)
    theirs = theirs.where(text.c.process_id == process_id, text.c.state.in_(READABLE))
    if only is not None:
        theirs = theirs.where(item.c.id.in_(only))
    ordered = theirs.order_by(text.c.published.desc(), text.c.id, text_part.c.number, item.c.id)
    rows = (await session.execute(ordered)).all()
    found = await _translated(session, rows, translated, ready)
    return [
        PartOption(row.id, row.text_id, row.number, row.edition, row.language, row.words, found.get(row.id, {}))
        for row in rows
    ]


async def _placed(session: Session, process_id: str, text_id: str, words: ColumnElement[str]) -> Sequence[Any]:
    """The rows of the parts of a text, in their order."""
    found = await get(session, process_id, text_id)
    if found is None:
        return []
    own = (await session.execute(_parts(process_id, words).where(text_part.c.text_id == text_id))).all()
    if found.origin_id is None:
        return sorted(own, key=lambda row: (row.number, row.id))
    above = (await session.execute(select(process.c.parent_id).where(process.c.id == process_id))).scalar_one()
    origin = None if above is None else await get(session, above, found.origin_id)
    if origin is None or origin.state not in READABLE:
        return _merged(own, [])
    shared = _parts(origin.process_id, words).where(text_part.c.text_id == origin.id)
    return _merged(own, (await session.execute(shared)).all())


def _parts(process_id: str, words: ColumnElement[str]) -> Select[Any]:
    newest = and_(edition.c.item_id == item.c.id, edition.c.number == item.c.edition)
    columns = (item.c.id, item.c.process_id, item.c.language, item.c.edition)
    return (
        select(*columns, text_part.c.text_id, text_part.c.number, text_part.c.replaces_id, words.label("words"))
        .join(text_part, text_part.c.item_id == item.c.id)
        .join(edition, newest)
        .where(item.c.process_id == process_id, item.c.dropped.is_(None))
    )


def _merged(own: Sequence[Any], shared: Sequence[Any]) -> Sequence[Any]:
    """What takes the place of a shared part stands there; what is added stands behind the shared part of its number."""
    replacing = {row.replaces_id: row for row in own if row.replaces_id is not None}
    there = {row.id for row in shared}
    placed = [((row.number, 0, row.id), replacing.get(row.id, row)) for row in shared]
    added = [row for row in own if row.replaces_id not in there]
    placed += [((row.number, 1, row.id), row) for row in added]
    return [row for _place, row in sorted(placed, key=lambda pair: pair[0])]


async def _translated(
    session: Session, rows: Sequence[Any], words: ColumnElement[str], ready: Collection[RenditionState]
) -> Mapping[str, Mapping[str, str]]:
    """What may be read of these parts in other languages: whole, and of their newest edition."""
    newest = {row.id: row.edition for row in rows}
    theirs = (rendition.c.item_id.in_(newest), rendition.c.state.in_(ready))
    columns = (rendition.c.item_id, rendition.c.language, rendition.c.source_edition, words.label("words"))
    found: dict[str, dict[str, str]] = {}
    for row in await session.execute(select(*columns).where(*theirs)):
        if row.source_edition == newest[row.item_id]:
            found.setdefault(row.item_id, {})[row.language] = row.words
    return found


async def text_of(session: Session, process_id: str, part_id: str) -> str | None:
    """The text of the process that has this part as its own; None: it has no such part."""
    theirs = (item.c.process_id == process_id, item.c.id == part_id, item.c.kind == ItemKind.PART)
    query = select(text_part.c.text_id).join(item, item.c.id == text_part.c.item_id).where(*theirs)
    found: str | None = (await session.execute(query)).scalar_one_or_none()
    return found


def _of(process_id: str) -> Select[Any]:
    return select(*(text.c[part.name] for part in fields(StoredText))).where(text.c.process_id == process_id)


def _read(row: Any) -> StoredText:
    return StoredText(**row._asdict() | {"state": TextState(row.state)})
