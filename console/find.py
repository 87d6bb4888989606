"""Finding a page of a process by its title."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from console._frame import sections
from console._frame.desks import Desk
from console._frame.routes import get
from locales import _

MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page whose title has the words in it."""

    path: str
    title: str


async def show(desk: Desk) -> web.StreamResponse:
    words = " ".join(desk.request.query.get("q", "").split())[:100]
    found = [page for page in _pages(desk) if words.casefold() in page.title.casefold()] if words else []
    return desk.page("find.html", words=words, found=found[:MOST])


def _pages(desk: Desk) -> Iterator[Found]:
    """Those that this reader may open."""
    for section in sections.of(desk.grants):
        yield Found(desk.home + section.path, _(section.title))


routes = [get("/p/{slug}/find", show, sections.ANY)]
