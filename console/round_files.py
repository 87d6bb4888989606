"""What anybody can count a closed round again by: the file of its ballots, and the program."""

from aiohttp import web

from console._frame.desks import Desk
from console._frame.routes import get
from console.rounds import READERS
from console.translations import download
from handlers import rounds
from handlers.rounds import PublishedVote
from handlers.writing import contents
from storage import Session

JSON, PYTHON = "application/json", "text/x-python; charset=utf-8"


async def file(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        vote = await _published(desk, session)
    return download(vote.text.encode(), JSON, vote.name)


async def script(desk: Desk) -> web.StreamResponse:
    """Only beside a file that it can count."""
    async with desk.reading() as session:
        await _published(desk, session)
    return download(rounds.script(), PYTHON, "tally.py")


async def _published(desk: Desk, session: Session) -> PublishedVote:
    try:
        return await rounds.published(session, desk.process, desk.at("round"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


routes = [
    get("/p/{slug}/rounds/{round}/vote.json", file, READERS),
    get("/p/{slug}/rounds/{round}/tally.py", script, READERS),
]
