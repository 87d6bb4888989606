"""What we tell, while it is written and translated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import flows
from handlers import bulletins
from handlers.processes import OpenProcess
from handlers.writing import contents, naming
from handlers.writing.scripts import check_script
from locales import languages, to_staff
from storage import Session, fresh, items, sendings
from storage.items import ItemKind, ListedItem, NewItem, StoredEdition, StoredItem, StoredRendition
from storage.states import RenditionState

LONGEST: Mapping[ItemKind, int] = {ItemKind.BULLETIN: contents.LONGEST, ItemKind.PART: 4000}
"""A bulletin leaves as one message; a part is read in pieces."""


class Newer(contents.Unfit):
    """Somebody else has changed the text since its writer began: theirs is kept, and the writer's is still in hand."""

    def __init__(self, text: str, edition: int) -> None:
        super().__init__(
            to_staff("Somebody else has changed this text meanwhile. Nothing was overwritten: compare the two.")
        )
        self.text = text
        """What stands there now..."""
        self.edition = edition
        """...and its edition, which whoever goes on has to name."""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """What an item begins with. The plan is a bulletin without its text."""

    title: str
    language: str
    text: str = field(repr=False)
    plan: contents.Bulletin = field(default_factory=lambda: contents.Bulletin({}))


@dataclass(frozen=True, slots=True)
class Translation:
    """What a translator hands in."""

    text: str = field(repr=False)
    """"" for none."""
    state: RenditionState
    """What its translator says of it; approving it is another's."""
    edited: int
    """The edition of the rendition that they had before them; 0: there was none."""
    source_edition: int
    """The edition of the item that they had before them."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it stands."""

    id: str
    kind: ItemKind
    title: str
    language: str
    text: str = field(repr=False)
    edition: int
    author: str | None
    """Who wrote the text; None: the program put it together."""
    plan: contents.Bulletin
    """A bulletin without its text."""
    planned_by: str | None
    since: datetime | None
    """Of an e-bulletin: since when happened what it tells; None: it is none."""
    changed: datetime
    renditions: Mapping[str, StoredRendition]
    """Its text in other languages, as far as there is any."""

    def is_stale(self, language: str) -> bool:
        """Whether the source has changed since this rendition was made of it."""
        return self.renditions[language].source_edition < self.edition


@dataclass(frozen=True, slots=True)
class Cell:
    """How far an item is in one language."""

    state: RenditionState
    is_stale: bool = False
    """The source has changed since."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An item, and how far it is in each other language of its process."""

    item: ListedItem
    cells: Mapping[str, Cell]


async def draft(
    session: Session,
    process: OpenProcess,
    new: ItemDraft,
    staff_id: str | None,
    now: datetime,
    since: datetime | None = None,
    kind: ItemKind = ItemKind.BULLETIN,
) -> str:
    """Begin an item; gives its id. `staff_id` None: the program put it together. Raises `contents.Unfit`."""
    if new.language not in process.content.languages or new.language not in languages():
        raise contents.Unfit(_none_of_these(process))
    contents.check_note(new.title, to_staff("title"))
    _check_text(new.text, new.language, kind)
    await bulletins.check_terms(session, process, new.plan)
    name, plan = fresh(), contents.pack(replace(new.plan, text={}))
    await items.add(
        session,
        NewItem(name, process.id, kind, new.language, new.title, new.text, plan, staff_id, now, since),
    )
    return name


async def get(session: Session, process: OpenProcess, item_id: str) -> Item:
    """Raises `contents.Unfit` when the process has none of this id, or it was dropped."""
    stored = await items.get(session, process.id, item_id)
    if stored is None or stored.dropped is not None:
        raise contents.Unfit(to_staff("No item of this process has this id."))
    return _item(stored, {its.language: its for its in await items.renditions(session, item_id)})


async def written_in(session: Session, process: OpenProcess, source: str, language: str) -> Sequence[Item]:
    """Every item that is written in `source`, each with what there is of it in `language` alone. Two statements."""
    renditions = await items.renditions_into(session, process.id, language)
    return [
        _item(stored, {language: renditions[stored.id]} if stored.id in renditions else {})
        for stored in await items.written_in(session, process.id, source)
    ]


def _item(stored: StoredItem, renditions: Mapping[str, StoredRendition]) -> Item:
    return Item(
        id=stored.id,
        kind=stored.kind,
        title=stored.title,
        language=stored.language,
        text=stored.text,
        edition=stored.edition,
        author=stored.staff_id,
        plan=contents.unpack(stored.plan, contents.Bulletin),
        planned_by=stored.planned_by,
        since=stored.since,
        changed=stored.changed,
        renditions=renditions,
    )


async def editions(session: Session, process: OpenProcess, item_id: str) -> Sequence[StoredEdition]:
    """Every text that it ever had in its own language, the newest first. Raises `contents.Unfit`."""
    return await items.editions(session, (await get(session, process, item_id)).id)


async def bulletins_matrix(session: Session, process: OpenProcess) -> Sequence[MatrixRow]:
    """The same of what leaves as a bulletin."""
    return [row for row in await matrix(session, process) if row.item.kind is ItemKind.BULLETIN]


async def matrix(session: Session, process: OpenProcess) -> Sequence[MatrixRow]:
    """How far every item of the process is in every language, what was changed last first. Two statements, no text."""
    listed = await items.listed(session, process.id)
    cells: dict[str, dict[str, Cell]] = {
        item.id: {
            language: Cell(RenditionState.EMPTY) for language in process.content.languages if language != item.language
        }
        for item in listed
    }
    newest = {item.id: item.edition for item in listed}
    for rendition in await items.listed_renditions(session, process.id):
        is_stale = rendition.state is not RenditionState.EMPTY and rendition.source_edition < newest[rendition.item_id]
        cells[rendition.item_id][rendition.language] = Cell(rendition.state, is_stale)
    return [MatrixRow(item, cells[item.id]) for item in listed]


async def write(
    session: Session, process: OpenProcess, item_id: str, text: str, edited: int, staff_id: str, now: datetime
) -> int:
    """Let this be its text in its own language; gives the number of the edition. What was to leave does not any more.

    `edited` is the edition that the writer had before them. What changes nothing makes no edition, and no author.
    Raises `Newer` when there is a newer one by now, and `contents.Unfit`.
    """
    item = await held(session, process, item_id)
    _check_text(text, item.language, item.kind)
    if item.edition != edited:
        raise Newer(item.text, item.edition)
    if text == item.text:
        return item.edition
    await items.write(session, item_id, StoredEdition(item.edition + 1, text, staff_id, now))
    await sendings.void_of(session, item_id)
    return item.edition + 1


async def translate(
    session: Session,
    process: OpenProcess,
    item_id: str,
    language: str,
    new: Translation,
    staff_id: str,
    now: datetime,
) -> int:
    """Let this be its text in another language; gives the number of its edition.

    Whoever changes only what is said of a text does not become its translator. What was to leave stays where that
    would be another text now. Raises `Newer` when there is a newer one by now, and `contents.Unfit`.
    """
    item = await held(session, process, item_id)
    _check_translation(process, item, language, new)
    before = item.renditions.get(language)
    if new.edited != (0 if before is None else before.edition):
        raise Newer("" if before is None else before.text, 0 if before is None else before.edition)
    if before is not None and _says_nothing_new(before, new):
        return before.edition
    is_its_own = before is not None and before.text == new.text
    rendition = StoredRendition(
        language=language,
        text=new.text,
        state=new.state if new.text else RenditionState.EMPTY,
        source_edition=new.source_edition,
        edition=new.edited + 1,
        staff_id=before.staff_id if before is not None and is_its_own else staff_id,
        approved_by=None,
        changed=now,
    )
    await _put(session, process, item, rendition)
    return rendition.edition


async def approve(
    session: Session, process: OpenProcess, item_id: str, language: str, edited: int, staff_id: str, now: datetime
) -> int:
    """Say that a translation says what its source says; gives the number of its edition.

    That is for another than its translator. Raises `Newer` when it is not the one that they have read, and
    `contents.Unfit`.
    """
    item = await held(session, process, item_id)
    rendition = item.renditions.get(language)
    if rendition is None or rendition.state is not RenditionState.TRANSLATED:
        raise contents.Unfit(
            to_staff(
                "{language}: only what its translator has finished can be approved.",
                language=naming.language(language),
            )
        )
    if rendition.edition != edited:
        raise Newer(rendition.text, rendition.edition)
    if item.is_stale(language):
        raise contents.Unfit(
            to_staff(
                "{language}: the source has changed since; bring the translation up to date first.",
                language=naming.language(language),
            )
        )
    if rendition.staff_id == staff_id:
        raise contents.Unfit(
            to_staff(
                "{language}: you translated this yourself, so somebody else has to approve it.",
                language=naming.language(language),
            )
        )
    approved = replace(rendition, state=RenditionState.APPROVED, edition=edited + 1, approved_by=staff_id, changed=now)
    await _put(session, process, item, approved)
    return approved.edition


async def rename(session: Session, process: OpenProcess, item_id: str, title: str, now: datetime) -> None:
    """Nobody but staff reads the title. Raises `contents.Unfit`."""
    await held(session, process, item_id)
    contents.check_note(title, to_staff("title"))
    await items.rename(session, item_id, title, now)


async def replan(
    session: Session,
    process: OpenProcess,
    item_id: str,
    plan: contents.Bulletin,
    before: contents.Bulletin,
    staff_id: str,
    now: datetime,
) -> None:
    """Whom and when it is to reach. What was to leave does not any more.

    `before` is the plan that they had before them. Raises `contents.Unfit`, also when there is another one by now.
    """
    item = await held(session, process, item_id)
    plan, before = replace(plan, text={}), replace(before, text={})
    await bulletins.check_terms(session, process, plan)
    if item.plan != before:
        raise contents.Unfit(
            to_staff("Somebody else has changed whom or when this is to reach. Nothing was overwritten: look again.")
        )
    if plan == before:
        return
    await items.replan(session, item_id, contents.pack(plan), staff_id, now)
    await sendings.void_of(session, item_id)


async def drop(session: Session, process: OpenProcess, item_id: str, now: datetime) -> None:
    """Give it up. What was to leave does not any more; what has left goes on. Raises `contents.Unfit`."""
    await held(session, process, item_id)
    await items.drop(session, item_id, now)
    await sendings.void_of(session, item_id)


def bulletin(process: OpenProcess, item: Item) -> contents.Bulletin:
    """What would leave, in the languages in which it may."""
    return replace(item.plan, text=dict(_texts(process, item)))


def writers(process: OpenProcess, item: Item) -> frozenset[str]:
    """Who wrote any text that would leave, or planned whom it is to reach: none of them approves it."""
    translators = {
        item.renditions[language].staff_id for language, _text in _texts(process, item) if language != item.language
    }
    return frozenset(filter(None, {item.author, item.planned_by, *translators}))


def unapproved(process: OpenProcess, item: Item) -> Sequence[str]:
    """The languages whose texts have to be approved, or emptied, before anything leaves."""
    if flows.Unreviewed(process.content.unreviewed) is not flows.Unreviewed.REFUSE:
        return []
    return [
        language
        for language, rendition in item.renditions.items()
        if rendition.state is not RenditionState.EMPTY and not _is_ready(process, item, rendition)
    ]


def _texts(process: OpenProcess, item: Item) -> Iterator[tuple[str, str]]:
    yield item.language, item.text
    for language, rendition in item.renditions.items():
        if _is_ready(process, item, rendition):
            yield language, rendition.text


def _is_ready(process: OpenProcess, item: Item, rendition: StoredRendition) -> bool:
    """Whether it leaves with the others; where it does not, its readers get another language."""
    lax = flows.Unreviewed(process.content.unreviewed) is flows.Unreviewed.LEAVE
    ready = (RenditionState.TRANSLATED, RenditionState.APPROVED) if lax else (RenditionState.APPROVED,)
    return (
        rendition.state in ready
        and rendition.source_edition == item.edition
        and rendition.language in process.content.languages
    )


async def held(session: Session, process: OpenProcess, item_id: str) -> Item:
    """The item, which nobody else changes before this transaction ends. Raises `contents.Unfit`."""
    await items.lock(session, process.id, item_id)
    return await get(session, process, item_id)


def _says_nothing_new(before: StoredRendition, new: Translation) -> bool:
    """Whoever saves what is approved as it is takes no approval away."""
    is_as_far = before.state is new.state or (
        before.state is RenditionState.APPROVED and new.state is RenditionState.TRANSLATED
    )
    return is_as_far and before.text == new.text and before.source_edition == new.source_edition


async def _put(session: Session, process: OpenProcess, item: Item, rendition: StoredRendition) -> None:
    await items.put_rendition(session, item.id, rendition)
    changed = replace(item, renditions={**item.renditions, rendition.language: rendition})
    if bulletin(process, changed) != bulletin(process, item):
        await sendings.void_of(session, item.id)


def _check_text(text: str, language: str, kind: ItemKind) -> None:
    contents.check_rendered({language: text}, to_staff("text"), LONGEST[kind])
    check_script(text, language, to_staff("text"))


def _check_translation(process: OpenProcess, item: Item, language: str, new: Translation) -> None:
    if language not in process.content.languages or language not in languages():
        raise contents.Unfit(_none_of_these(process))
    name = naming.language(language)
    if language == item.language:
        raise contents.Unfit(to_staff("{language}: this is the language that it is translated from.", language=name))
    if new.state is RenditionState.APPROVED:
        raise contents.Unfit(
            to_staff("{language}: to approve a translation is for another than its translator.", language=name)
        )
    if not 1 <= new.source_edition <= item.edition:
        raise contents.Unfit(
            to_staff(
                "{language}: there is no edition {number} to translate from.", language=name, number=new.source_edition
            )
        )
    if new.text:
        _check_text(new.text, language, item.kind)


def _none_of_these(process: OpenProcess) -> str:
    return to_staff("language: choose from {languages}.", languages=naming.languages(process.content.languages))
