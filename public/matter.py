"""One matter, to be passed on: how many said it, what was promised, and what has become of it."""

from aiohttp import web

from handlers import walls
from handlers.walls import ShownMatter
from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit


async def is_there(visit: Visit) -> None:
    """One that is not for everybody is as unknown as one that there never was."""
    _matter(visit)


async def show(visit: Visit) -> Copy:
    matter = _matter(visit)
    async with visit.source.database.reading() as session:
        course = await walls.course(session, visit.wall, matter)
    if course is None:
        raise web.HTTPNotFound
    return pages.page(visit, "matter.html", matter=matter, course=course)


def _matter(visit: Visit) -> ShownMatter:
    found = visit.wall.matter(visit.parts["matter"])
    if found is None:
        raise web.HTTPNotFound
    return found


routes = [Route("/m/{matter:[0-9a-f]+}", show, is_there)]
