"""Writing an item, and beside it what people will see of it on their phones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.tell import ORGANIZERS
from handlers import items, journal, phones, sendings
from handlers.items import Item, ItemDraft, Newer
from handlers.journal import Act
from handlers.phones import Screens
from handlers.writing import contents
from handlers.writing.differences import difference
from locales import languages
from storage import Session
from storage.items import ItemKind


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    title: str = field(repr=False)
    language: str
    text: str = field(repr=False)
    edited: int = 0
    """The edition that its writer had before them; 0: there is none yet."""

    @property
    def length(self) -> int:
        return contents.length(self.text)

    @property
    def is_too_long(self) -> bool:
        return self.length > contents.LONGEST


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was written is not kept."""

    why: str
    newer: Newer | None = None
    """Somebody else was quicker."""


async def new(desk: Desk) -> web.StreamResponse:
    return await _new(desk, Typed("", _offered(desk)[0], ""))


async def begin(desk: Desk) -> web.StreamResponse:
    written = _written(desk, desk.line("language"))
    if desk.text("show"):
        return await _new(desk, written)
    try:
        async with desk.writing() as session:
            draft = ItemDraft(written.title, written.language, written.text)
            name = await items.draft(session, desk.process, draft, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.ITEM_WRITE, name, {"language": written.language}))
    except contents.Unfit as unfit:
        return await _new(desk, written, Trouble(str(unfit)))
    raise _on(desk, name)


async def preview_new(desk: Desk) -> web.StreamResponse:
    written = _written(desk, desk.line("language"))
    async with desk.reading() as session:
        seen = await _screens(desk, session, written, _text(written, None))
    return desk.page("phones.html", written=written, screens=seen, item=None, longest=contents.LONGEST)


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        item = await found(desk, session)
        return await _show(desk, session, item, Typed(item.title, item.language, item.text, item.edition))


async def keep(desk: Desk) -> web.StreamResponse:
    if desk.text("show"):
        return await _again(desk)
    try:
        async with desk.writing() as session:
            item = await found(desk, session)
            await _keep(desk, session, item, _written(desk, item.language))
    except Newer as newer:
        return await _again(desk, Trouble(str(newer), newer))
    except contents.Unfit as unfit:
        return await _again(desk, Trouble(str(unfit)))
    raise _on(desk, item.id)


async def _keep(desk: Desk, session: Session, item: Item, written: Typed) -> None:
    edition = await items.write(session, desk.process, item.id, written.text, written.edited, desk.who.id, desk.now)
    if written.title != item.title:
        await items.rename(session, desk.process, item.id, written.title, desk.now)
    if (edition, written.title) != (item.edition, item.title):
        await desk.note(session, journal.Entry(Act.ITEM_WRITE, item.id, {"language": item.language}))


async def _again(desk: Desk, trouble: Trouble | None = None) -> web.StreamResponse:
    """What was written, shown again. Whoever keeps it after seeing what somebody else wrote meanwhile means it."""
    async with desk.reading() as session:
        item = await found(desk, session)
        written = _written(desk, item.language)
        if trouble is not None and trouble.newer is not None:
            written = replace(written, edited=trouble.newer.edition)
        return await _show(desk, session, item, written, trouble)


async def preview(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        item = await found(desk, session)
        written = _written(desk, item.language)
        seen = await _screens(desk, session, written, _text(written, item, desk))
    return desk.page("phones.html", written=written, screens=seen, item=item, longest=contents.LONGEST)


async def drop(desk: Desk) -> web.StreamResponse:
    async with desk.writing() as session:
        item = await found(desk, session)
        await items.drop(session, desk.process, item.id, desk.now)
        await desk.note(session, journal.Entry(Act.ITEM_DROP, item.id))
    raise see(f"{desk.home}/tell", done="dropped")


async def found(desk: Desk, session: Session) -> Item:
    """The item of the path. One of another process is not there."""
    try:
        item = await items.get(session, desk.process, desk.at("item"))
    except contents.Unfit:
        raise web.HTTPNotFound from None
    if item.kind is not ItemKind.BULLETIN:
        raise web.HTTPNotFound
    return item


async def _new(desk: Desk, written: Typed, trouble: Trouble | None = None) -> web.StreamResponse:
    async with desk.reading() as session:
        seen = await _screens(desk, session, written, _text(written, None))
    return desk.page(
        "item.html",
        422 if trouble else 200,
        item=None,
        written=written,
        trouble=trouble,
        screens=seen,
        offered=_offered(desk),
        sent=(),
        changes=(),
        longest=contents.LONGEST,
    )


async def _show(
    desk: Desk, session: Session, item: Item, written: Typed, trouble: Trouble | None = None
) -> web.StreamResponse:
    newer = trouble.newer if trouble else None
    return desk.page(
        "item.html",
        422 if trouble else 200,
        item=item,
        written=written,
        trouble=trouble,
        screens=await _screens(desk, session, written, _text(written, item, desk)),
        offered=(item.language,),
        sent=await sendings.of_item(session, desk.process, item.id),
        changes=() if newer is None else difference(newer.text, written.text),
        longest=contents.LONGEST,
    )


async def _screens(desk: Desk, session: Session, written: Typed, text: flows.Renditions) -> Sequence[Screens]:
    """None of what is too long: it could not leave, and cutting it up takes long."""
    if written.is_too_long:
        return ()
    return await phones.screens(session, desk.process, text, price=desk.office.price)


def _text(written: Typed, item: Item | None, desk: Desk | None = None) -> flows.Renditions:
    """What would leave if this was kept: translations of another text would not."""
    if item is not None and desk is not None and written.text == item.text:
        return items.bulletin(desk.process, item).text
    return {written.language: written.text} if written.text else {}


def _written(desk: Desk, language: str) -> Typed:
    edited = desk.line("edited")
    known = int(edited) if edited.isdecimal() and len(edited) < 9 else 0
    fits = language if language in _offered(desk) else _offered(desk)[0]
    return Typed(desk.line("title"), fits, desk.text("text").strip(), known)


def _offered(desk: Desk) -> Sequence[str]:
    return [code for code in desk.process.content.languages if code in languages()]


def _on(desk: Desk, item_id: str) -> web.HTTPSeeOther:
    """To where they asked to go on, or back to the text."""
    if desk.text("then"):
        return see(f"{desk.home}/tell/{item_id}/audience")
    return see(f"{desk.home}/tell/{item_id}", done="kept")


routes = [
    get("/p/{slug}/tell/new", new, ORGANIZERS),
    post("/p/{slug}/tell/new", begin, ORGANIZERS),
    post("/p/{slug}/tell/new/preview", preview_new, ORGANIZERS),
    get("/p/{slug}/tell/{item}", show, ORGANIZERS),
    post("/p/{slug}/tell/{item}", keep, ORGANIZERS),
    post("/p/{slug}/tell/{item}/preview", preview, ORGANIZERS),
    post("/p/{slug}/tell/{item}/drop", drop, ORGANIZERS),
]
