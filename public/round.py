"""One round: what was voted on and by how many, what came of it, what was done with it, and how to count it again."""

from aiohttp import web

from handlers import rounds
from handlers.walls import ShownRound
from handlers.writing import contents
from public._frame import pages
from public._frame.copies import JSON, PYTHON, Copy, copied
from public._frame.routes import Route
from public._frame.visits import Visit


async def is_there(visit: Visit) -> None:
    """One that is not for everybody is as unknown as one that there never was."""
    _round(visit)


async def show(visit: Visit) -> Copy:
    round_ = _round(visit)
    return pages.page(visit, "round.html", round=round_, file=rounds.file_name(round_.id))


async def file_is_there(visit: Visit) -> None:
    """Not while people vote."""
    if not _round(visit).has_file:
        raise web.HTTPNotFound


async def file(visit: Visit) -> Copy:
    try:
        async with visit.source.database.reading() as session:
            vote = await rounds.published(session, visit.wall.process, _round(visit).id)
    except contents.Unfit:
        raise web.HTTPNotFound from None
    return copied(JSON, vote.text.encode(), vote.name)


async def script(_visit: Visit) -> Copy:
    return copied(PYTHON, rounds.script(), "tally.py")


def _round(visit: Visit) -> ShownRound:
    found = visit.wall.round(visit.parts["round"])
    if found is None:
        raise web.HTTPNotFound
    return found


routes = [
    Route("/v/{round:[0-9a-f]+}", show, is_there),
    Route("/v/{round:[0-9a-f]+}/vote.json", file, file_is_there),
    Route("/v/{round:[0-9a-f]+}/tally.py", script, file_is_there),
]
