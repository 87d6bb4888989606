"""An item in one more language, beside what it is translated from and what has changed there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from aiohttp import web

import channels
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.words import WRITERS, Wanted, following, theirs
from handlers import items, journal, telling
from handlers.items import Item, Newer, Translation
from handlers.journal import Act
from handlers.writing import contents
from handlers.writing.differences import Span, difference
from locales import _
from storage import Session
from storage import items as stored
from storage.broadcasts import Subject
from storage.states import RenditionState

OURS = (RenditionState.NEEDS_EDITING, RenditionState.TRANSLATED)
"""What a translator may say of a text."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form."""

    text: str = field(repr=False)
    state: RenditionState
    edited: int
    """The edition of the rendition that its writer had before them; 0: there was none."""
    source_edition: int
    """The same of the source."""

    @property
    def length(self) -> int:
        return contents.length(self.text)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing was changed."""

    why: str
    newer: Newer | None = None
    """Somebody else was quicker."""


async def show(desk: Desk) -> web.StreamResponse:
    language = spoken_at(desk)
    async with desk.reading() as session:
        item = await _found(desk, session)
        return await _show(desk, session, item, _standing(item, language))


async def keep(desk: Desk) -> web.StreamResponse:
    """Whoever approves has read what stands there: what they have changed in it is kept first, by itself."""
    language = spoken_at(desk)
    approves = bool(desk.text("approve"))
    try:
        async with desk.writing() as session:
            item = await _found(desk, session)
            await (_approve if approves else _translate)(desk, session, item, language)
            rows = await items.matrix(session, desk.process)
    except Newer as newer:
        return await _again(desk, Trouble(_("Somebody else has changed this meanwhile. Nothing was lost."), newer))
    except contents.Unfit as unfit:
        return await _again(desk, Trouble(str(unfit)))
    done = "approved" if approves else "kept"
    if not approves and _written(desk).source_edition < item.edition:
        raise see(_path(desk, item.id, language), done="changed")
    after = following(rows, language, item.id, (RenditionState.TRANSLATED,) if approves else (Wanted.OPEN,))
    if after is None:
        raise see(f"{desk.home}/words", language=language, done=done)
    raise see(_path(desk, after.item.id, language), done=done)


async def size(desk: Desk) -> web.StreamResponse:
    """How long it is, while it is written."""
    return desk.page("rendition_size.html", **_size(desk, _written(desk), spoken_at(desk)))


def spoken_at(desk: Desk) -> str:
    """The language of the path, if it is one of theirs."""
    language = desk.at("language")
    if language not in desk.process.content.languages:
        raise web.HTTPNotFound
    if language not in theirs(desk):
        raise web.HTTPForbidden
    return language


async def _found(desk: Desk, session: Session) -> Item:
    """The item of the path, if it is of this process and not written in the language of the path."""
    try:
        item = await items.get(session, desk.process, desk.at("item"))
    except contents.Unfit:
        raise web.HTTPNotFound from None
    if item.language == desk.at("language"):
        raise web.HTTPNotFound
    return item


async def _translate(desk: Desk, session: Session, item: Item, language: str) -> None:
    written = _written(desk)
    new = Translation(written.text, written.state, written.edited, written.source_edition)
    edition = await items.translate(session, desk.process, item.id, language, new, desk.who.id, desk.now)
    if edition != written.edited:
        facts: dict[str, journal.Fact] = {"language": language, "number": edition, "hash": hashed(written.text)}
        await desk.note(session, journal.Entry(Act.RENDITION_TRANSLATE, item.id, facts))


async def _approve(desk: Desk, session: Session, item: Item, language: str) -> None:
    written, standing = _written(desk), item.renditions.get(language)
    if standing is not None and standing.edition == written.edited and standing.text.strip() != written.text:
        raise contents.Unfit(_("You have changed this text. Keep it, then somebody else has to approve it."))
    edition = await items.approve(session, desk.process, item.id, language, written.edited, desk.who.id, desk.now)
    facts: dict[str, journal.Fact] = {"language": language, "number": edition, "hash": hashed(written.text)}
    await desk.note(session, journal.Entry(Act.RENDITION_APPROVE, item.id, facts))


def hashed(text: str) -> str:
    """By which it can be shown later that it was this text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def _again(desk: Desk, trouble: Trouble) -> web.StreamResponse:
    """What was written, shown again. Whoever keeps it after seeing what somebody else wrote meanwhile means it.

    Whoever wanted to approve has the new text to read.
    """
    async with desk.reading() as session:
        item = await _found(desk, session)
        written = _written(desk)
        if trouble.newer is not None:
            text = trouble.newer.text if desk.text("approve") else written.text
            written = replace(written, text=text, edited=trouble.newer.edition)
        return await _show(desk, session, item, written, trouble)


async def _show(
    desk: Desk, session: Session, item: Item, written: Written, trouble: Trouble | None = None
) -> web.StreamResponse:
    language = desk.at("language")
    rendition = item.renditions.get(language)
    newer = trouble.newer if trouble else None
    return desk.page(
        "rendition.html",
        422 if trouble else 200,
        item=item,
        code=language,
        path=_path(desk, item.id, language),
        rendition=rendition,
        is_stale=rendition is not None and rendition.state is not RenditionState.EMPTY and item.is_stale(language),
        written=written,
        trouble=trouble,
        changes=await _changes(session, item, rendition.source_edition if rendition else written.source_edition),
        against=() if newer is None else difference(newer.text, _written(desk).text),
        states=OURS,
        may_approve=_may_approve(desk, item, language),
        **_size(desk, written, language),
    )


async def _changes(session: Session, item: Item, edition: int) -> Sequence[Span]:
    """What has changed in the source since this edition of it."""
    if not 0 < edition < item.edition:
        return ()
    editions = await stored.editions(session, item.id)
    return next((difference(its.text, item.text) for its in editions if its.number == edition), ())


def _may_approve(desk: Desk, item: Item, language: str) -> bool:
    rendition = item.renditions.get(language)
    return (
        rendition is not None
        and rendition.state is RenditionState.TRANSLATED
        and not item.is_stale(language)
        and rendition.staff_id != desk.who.id
    )


def _standing(item: Item, language: str) -> Written:
    """What is kept."""
    rendition = item.renditions.get(language)
    if rendition is None:
        return Written("", RenditionState.TRANSLATED, 0, item.edition)
    begun = rendition.state is RenditionState.NEEDS_EDITING
    state = RenditionState.NEEDS_EDITING if begun else RenditionState.TRANSLATED
    return Written(rendition.text, state, rendition.edition, item.edition)


def _written(desk: Desk) -> Written:
    state = RenditionState.NEEDS_EDITING if desk.text("state") == "needs_editing" else RenditionState.TRANSLATED
    return Written(desk.text("text").strip(), state, _number(desk, "edited"), _number(desk, "source"))


def _number(desk: Desk, name: str) -> int:
    number = desk.line(name)
    return int(number) if number.isdecimal() and len(number) < 9 else 0


def _size(desk: Desk, written: Written, language: str) -> dict[str, object]:
    is_too_long = written.length > contents.LONGEST
    return {
        "length": written.length,
        "longest": contents.LONGEST,
        "is_too_long": is_too_long,
        "segments": 0 if is_too_long or not written.text else _segments(desk, written.text, language),
    }


def _segments(desk: Desk, text: str, language: str) -> int:
    """As how many it is paid for where anything is paid by segment."""
    announced = telling.Announcement(Subject("bulletin", ""), {language: text}).told(desk.process.content)
    outgoing = announced.outgoing(language, "bulletin")
    return max(channels.segments_of(kind, outgoing) for kind in channels.kinds())


def _path(desk: Desk, item_id: str, language: str) -> str:
    return f"{desk.home}/words/{item_id}/{language}"


routes = [
    get("/p/{slug}/words/{item}/{language}", show, WRITERS),
    post("/p/{slug}/words/{item}/{language}", keep, WRITERS),
    post("/p/{slug}/words/{item}/{language}/size", size, WRITERS),
]
