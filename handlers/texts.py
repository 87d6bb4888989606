"""Texts that are written together: begun, published, closed, and the parts that each of them has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import flows
from handlers import items, processes
from handlers.items import Item, ItemDraft, Translation
from handlers.processes import OpenProcess
from handlers.writing import contents
from handlers.writing.parting import cut_at_headings
from locales import _, languages, speaking, to_staff
from storage import Session, amendments, fresh, texts
from storage.items import ItemKind
from storage.states import RenditionState, TextState
from storage.texts import PlacedPart, StoredText

MOST_PARTS = 60
MOST_TEXTS = 20
"""So many are read in one process: more nobody could choose from in a chat."""
LONGEST_PROMISE = 300


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What organizers say of a text before anybody reads it."""

    title: flows.Renditions
    becomes: flows.Renditions
    """What it is to become."""
    decides: flows.Renditions
    """Who decides on what is proposed."""
    until: date | None = None
    """The last day on which people can propose something; None: no day is named."""
    language: str = ""
    """In which its parts are written first. It never changes."""
    origin: str | None = None
    """The text of the process above whose parts it shares; None: all of it is its own. It never changes."""


async def begin(session: Session, process: OpenProcess, draft: TextDraft, now: datetime) -> str:
    """Begin a text that only staff read; gives its id. Raises `contents.Unfit`."""
    processes.check_open(process)
    _check(process, draft)
    if len(await texts.listed(session, process.id)) >= MOST_TEXTS:
        raise contents.Unfit(to_staff("A process has at most {most} texts.", most=MOST_TEXTS))
    if draft.origin is not None and draft.origin not in {text.id for text in await to_share(session, process)}:
        raise contents.Unfit(to_staff("The process above has no text of this id that people can read."))
    name = fresh()
    stored = StoredText(
        id=name,
        process_id=process.id,
        language=draft.language,
        title=contents.pack(draft.title),
        becomes=contents.pack(draft.becomes),
        decides=contents.pack(draft.decides),
        until=draft.until,
        origin_id=draft.origin,
        state=TextState.DRAFT,
        begun=now,
    )
    await texts.add(session, stored)
    return name


async def to_share(session: Session, process: OpenProcess) -> Sequence[StoredText]:
    """The texts of the process above that people read."""
    return [] if process.parent is None else await texts.readable(session, process.parent)


async def get(session: Session, process: OpenProcess, text_id: str) -> StoredText:
    """Raises `contents.Unfit` when the process has none of this id."""
    return _known(await texts.get(session, process.id, text_id))


async def change(session: Session, process: OpenProcess, text_id: str, draft: TextDraft) -> None:
    """What is said of it from now on. Raises `contents.Unfit`."""
    before = await _held(session, process, text_id)
    _check(process, replace(draft, language=before.language))
    title, becomes, decides = map(contents.pack, (draft.title, draft.becomes, draft.decides))
    await texts.revise(session, replace(before, title=title, becomes=becomes, decides=decides, until=draft.until))


async def publish(session: Session, process: OpenProcess, text_id: str, now: datetime) -> None:
    """Let people read it, and propose other words. It tells nobody. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    before = await _held(session, process, text_id)
    if before.state is TextState.PUBLISHED:
        raise contents.Unfit(to_staff("This is published already."))
    if not await texts.parts(session, process.id, text_id):
        raise contents.Unfit(to_staff("There is nothing to read in it yet: write its first part."))
    await texts.revise(session, replace(before, state=TextState.PUBLISHED, published=before.published or now))


async def close(session: Session, process: OpenProcess, text_id: str, now: datetime) -> None:
    """People go on reading it, and propose nothing more. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    before = await _held(session, process, text_id)
    if before.state is not TextState.PUBLISHED:
        raise contents.Unfit(to_staff("This is not published, so there is nothing to close."))
    await texts.revise(session, replace(before, state=TextState.CLOSED, closed=now))


async def announce(session: Session, process: OpenProcess, text_id: str, staff_id: str, now: datetime) -> str:
    """Begin a bulletin that tells of it, in every language of the process; gives its id. Raises `contents.Unfit`.

    It leaves as every bulletin does: when somebody asks for it, and a second person has approved it.
    """
    text = await get(session, process, text_id)
    if text.state is not TextState.PUBLISHED:
        raise contents.Unfit(to_staff("Publish it first: nobody could read it."))
    title = contents.unpack(text.title, dict[str, str])
    words = {code: _news(code, title, process) for code in process.content.languages if code in languages()}
    draft = ItemDraft(
        flows.rendition(title, text.language, process.content.languages).text, text.language, words.pop(text.language)
    )
    item_id = await items.draft(session, process, draft, staff_id, now)
    for code, rendition in words.items():
        new = Translation(rendition, RenditionState.TRANSLATED, 0, 1)
        await items.translate(session, process, item_id, code, new, staff_id, now)
    return item_id


def _news(code: str, title: flows.Renditions, process: OpenProcess) -> str:
    with speaking(code):
        return _(
            "You can read this text part by part and say how it should read: {title}. Send {word} to begin.",
            title=flows.rendition(title, code, process.content.languages).text,
            word=flows.to_send("read"),
        )


async def write(
    session: Session, process: OpenProcess, text_id: str, whole: str, staff_id: str, now: datetime
) -> Sequence[str]:
    """Add this at the end of a text, cut at its headings into parts; gives their ids. Raises `contents.Unfit`."""
    text = await _held(session, process, text_id)
    parts = cut_at_headings(whole)
    if not parts:
        raise contents.Unfit(to_staff("text: this is empty."))
    there = await texts.parts(session, process.id, text_id)
    if len(there) + len(parts) > MOST_PARTS:
        raise contents.Unfit(to_staff("A text has at most {most} parts.", most=MOST_PARTS))
    return [
        await _add(session, process, text, part, len(there) + number, None, staff_id, now)
        for number, part in enumerate(parts, start=1)
    ]


async def _add(
    session: Session,
    process: OpenProcess,
    text: StoredText,
    words: str,
    number: int,
    replaces: str | None,
    staff_id: str,
    now: datetime,
) -> str:
    draft = ItemDraft(title=flows.heading(words), language=text.language, text=words)
    part_id = await items.draft(session, process, draft, staff_id, now, kind=ItemKind.PART)
    await texts.add_part(session, text.id, part_id, number, replaces)
    return part_id


async def move(session: Session, process: OpenProcess, text_id: str, part_id: str, up: bool) -> None:
    """Change places with the part before it, or with the one behind it. Raises `contents.Unfit`."""
    text = await _held(session, process, text_id)
    if text.origin_id is not None:
        raise contents.Unfit(to_staff("The order is that of the text above."))
    order = [part.id for part in await texts.parts(session, process.id, text_id)]
    if part_id not in order:
        raise contents.Unfit(_no_part())
    place = order.index(part_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    await texts.order(session, text_id, {name: number for number, name in enumerate(order, start=1)})


async def drop(session: Session, process: OpenProcess, text_id: str, part_id: str, now: datetime) -> None:
    """Give up a part of its own: what it took the place of stands there again. Raises `contents.Unfit`."""
    text = await _held(session, process, text_id)
    if await texts.text_of(session, process.id, part_id) != text.id:
        raise contents.Unfit(_no_part())
    if (await amendments.waiting(session, process.id, text_id)).get(part_id):
        raise contents.Unfit(to_staff("People wait for a decision on what they said of this part: decide first."))
    await items.drop(session, process, part_id, now)
    await texts.let_go(session, text_id, part_id)


async def adopt(
    session: Session, process: OpenProcess, text_id: str, part_id: str, staff_id: str, now: datetime
) -> str:
    """Make a shared part the process's own, with the words that it has now; gives its id. Raises `contents.Unfit`.

    What people here proposed for it is about their own from then on.
    """
    text = await _held(session, process, text_id)
    placed = await _placed(session, process, text_id, part_id)
    if not placed.is_shared:
        raise contents.Unfit(to_staff("This part is your own already."))
    shared = await shared_part(session, process, text_id, part_id)
    theirs = replace(text, language=shared.language)
    own = await _add(session, process, theirs, shared.text, placed.number, part_id, staff_id, now)
    await amendments.move(session, process.id, text_id, part_id, own, 1)
    return own


async def owns(session: Session, process: OpenProcess, part_id: str) -> bool:
    """Whether a part is the process's own, and not one that it shares."""
    return await texts.text_of(session, process.id, part_id) is not None


async def shared_part(session: Session, process: OpenProcess, text_id: str, part_id: str) -> Item:
    """A part of the text above, as it stands there. Raises `contents.Unfit`."""
    placed = await _placed(session, process, text_id, part_id)
    if not placed.is_shared or process.parent is None:
        raise contents.Unfit(_no_part())
    return await items.get(session, await processes.get(session, process.parent), part_id)


async def part(session: Session, process: OpenProcess, text_id: str, part_id: str) -> Item:
    """A part as it stands in this text, its own or a shared one. Raises `contents.Unfit`."""
    if (await _placed(session, process, text_id, part_id)).is_shared:
        return await shared_part(session, process, text_id, part_id)
    return await items.get(session, process, part_id)


def ready(process: flows.Process) -> Collection[RenditionState]:
    """How far a translation is that people read."""
    is_lax = flows.Unreviewed(process.unreviewed) is flows.Unreviewed.LEAVE
    return (RenditionState.TRANSLATED, RenditionState.APPROVED) if is_lax else (RenditionState.APPROVED,)


def takes(text: StoredText, today: date) -> bool:
    """Whether people can propose something."""
    return text.state is TextState.PUBLISHED and (text.until is None or today <= text.until)


async def _placed(session: Session, process: OpenProcess, text_id: str, part_id: str) -> PlacedPart:
    found = next((part for part in await texts.parts(session, process.id, text_id) if part.id == part_id), None)
    if found is None:
        raise contents.Unfit(_no_part())
    return found


async def _held(session: Session, process: OpenProcess, text_id: str) -> StoredText:
    """The text, which nobody else changes before this transaction ends. Raises `contents.Unfit`."""
    return _known(await texts.take(session, process.id, text_id))


def _known(text: StoredText | None) -> StoredText:
    if text is None:
        raise contents.Unfit(to_staff("No text of this process has this id."))
    return text


def _no_part() -> str:
    return to_staff("No part of this text has this id.")


def _check(process: OpenProcess, draft: TextDraft) -> None:
    if draft.language not in process.content.languages or draft.language not in languages():
        raise contents.Unfit(to_staff("language: choose one of the languages of the process."))
    contents.check_line(draft.title, to_staff("title"))
    contents.check_line(draft.becomes, to_staff("what it is to become"), LONGEST_PROMISE)
    contents.check_line(draft.decides, to_staff("who decides"))
