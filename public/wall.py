"""The wall: what a process is, what was said there, and what was done with it."""

from flows import LEVELS
from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit

MOST_MATTERS = 20
MOST_ROUNDS = 3
MOST_LATE = 8
MOST_STATEMENTS = 20
"""Those that most people answered."""


async def show(visit: Visit) -> Copy:
    wall = visit.wall
    return pages.page(
        visit,
        "wall.html",
        matters=wall.matters[:MOST_MATTERS],
        rounds=wall.rounds[:MOST_ROUNDS],
        late=wall.late,
        most_late=MOST_LATE,
        levels=LEVELS,
        most_statements=MOST_STATEMENTS,
    )


routes = [Route("", show)]
