"""All matters of a process that everybody may read, a page at a time."""

from aiohttp import web

from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit

EACH = 50
"""So many stand on one page."""


async def is_there(visit: Visit) -> None:
    if not 1 <= _page(visit) <= _last(visit):
        raise web.HTTPNotFound


async def show(visit: Visit) -> Copy:
    number = _page(visit)
    listed = visit.wall.matters[(number - 1) * EACH : number * EACH]
    return pages.page(visit, "matters.html", matters=listed, number=number, last=_last(visit))


def _page(visit: Visit) -> int:
    return int(visit.parts["page"])


def _last(visit: Visit) -> int:
    return max(1, -(-len(visit.wall.matters) // EACH))


routes = [Route("/matters/{page:[1-9][0-9]{0,4}}", show, is_there)]
