"""One round: what was voted on and by how many, what came of it, and what was done with it."""

from aiohttp import web

from handlers.walls import ShownRound
from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit


async def is_there(visit: Visit) -> None:
    """One that is not for everybody is as unknown as one that there never was."""
    _round(visit)


async def show(visit: Visit) -> Copy:
    return pages.page(visit, "round.html", round=_round(visit))


def _round(visit: Visit) -> ShownRound:
    found = visit.wall.round(visit.parts["round"])
    if found is None:
        raise web.HTTPNotFound
    return found


routes = [Route("/v/{round:[0-9a-f]+}", show, is_there)]
