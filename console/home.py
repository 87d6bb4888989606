"""The processes that somebody works in."""

from aiohttp import web

import flows
from console._frame.desks import Desk
from console._frame.routes import Anyone, get, grants_in
from handlers import processes
from handlers.processes import OpenProcess
from locales import spoken


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        every = await processes.every(session)
    theirs = [process for process in every if grants_in(desk.who, process.id)]
    return desk.page("home.html", processes=theirs, title_of=_title_of)


def _title_of(process: OpenProcess) -> str:
    return flows.rendition(process.content.title, spoken(), process.content.languages).text


routes = [get("/", show, Anyone.STAFF)]
