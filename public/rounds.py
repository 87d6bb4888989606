"""All rounds of a process of which everybody may read."""

from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit


async def show(visit: Visit) -> Copy:
    return pages.page(visit, "rounds.html", rounds=visit.wall.rounds)


routes = [Route("/votes", show)]
