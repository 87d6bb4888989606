"""Finding a page of a process by its title."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from console._frame import sections
from console._frame.desks import Desk
from console._frame.routes import get
from console.ask import READERS, title_of, titled
from handlers import drafts, items
from locales import _
from storage import consultations
from storage.roles import Role

MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page whose title has the words in it."""

    path: str
    title: str


async def show(desk: Desk) -> web.StreamResponse:
    words = " ".join(desk.request.query.get("q", "").split())[:100]
    found = [page for page in await _pages(desk) if words.casefold() in page.title.casefold()] if words else []
    return desk.page("find.html", words=words, found=found[:MOST])


async def _pages(desk: Desk) -> Sequence[Found]:
    """Those that this reader may open: sections, consultations, and to organizers what was written."""
    found = [Found(desk.home + section.path, _(section.title)) for section in sections.of(desk.grants)]
    if not desk.has(*READERS):
        return found
    async with desk.reading() as session:
        newest = await consultations.newest(session, desk.process.id, MOST)
        found += [Found(f"{desk.home}/ask/{kept.id}/results", title_of(desk, kept).text) for kept in newest]
        if not desk.has(Role.ORGANIZER):
            return found
        rows = await items.bulletins_matrix(session, desk.process)
        written = await drafts.being_written(session, desk.process)
    found += [Found(f"{desk.home}/tell/{row.item.id}", row.item.title) for row in rows]
    return [*found, *(Found(f"{desk.home}/ask/drafts/{it.id}", titled(desk, it.content.title).text) for it in written)]


routes = [get("/p/{slug}/find", show, sections.ANY)]
