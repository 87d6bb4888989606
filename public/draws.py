"""All draws by lot: what was announced beforehand, by which public value, and what came of each."""

from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit


async def show(visit: Visit) -> Copy:
    return pages.page(visit, "draws.html", draws=visit.wall.draws)


routes = [Route("/draws", show)]
