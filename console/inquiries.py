"""Asking one contributor one question, through a matter, without learning who it is."""

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import ORGANIZERS, found, titled
from console.wording import typed
from handlers import inquiries, journal
from handlers.journal import Act
from handlers.writing import contents
from storage.matters import StoredMatter


async def write(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        matter = await found(desk, session)
    return _page(desk, matter, desk.request.query.get("contribution", ""), {})


async def ask(desk: Desk) -> web.StreamResponse:
    contribution, text = desk.line("contribution"), typed(desk, "text")
    try:
        async with desk.writing() as session:
            matter = await found(desk, session)
            await inquiries.ask(session, desk.process, matter.id, contribution, text, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.MATTER_ASK, matter.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            matter = await found(desk, session)
        return _page(desk, matter, contribution, text, str(unfit))
    raise see(f"{desk.home}/matters/{matter.id}", done="asked")


def _page(
    desk: Desk, matter: StoredMatter, contribution: str, text: flows.Renditions, wrong: str = ""
) -> web.StreamResponse:
    return desk.page(
        "inquiry.html",
        422 if wrong else 200,
        matter=matter,
        title=titled(desk, matter.title),
        contribution=contribution,
        text=text,
        longest=inquiries.LONGEST,
        wrong=wrong,
    )


routes = [
    get("/p/{slug}/matters/{matter}/ask", write, ORGANIZERS),
    post("/p/{slug}/matters/{matter}/ask", ask, ORGANIZERS),
]
