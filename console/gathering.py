"""What may say the same as a matter, to be read, and gathered into it by whoever has read it."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.matters import READERS, found, titled
from handlers import journal, matters
from handlers.journal import Act
from handlers.matters import MOST_LOOKED_AT
from handlers.writing import contents
from locales import in_words
from storage import Session
from storage.matters import StoredMatter
from storage.roles import Role


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session, await found(desk, session))


async def gather(desk: Desk) -> web.StreamResponse:
    chosen = desk.many("contribution")
    try:
        async with desk.writing() as session:
            matter = await found(desk, session)
            number = await matters.gather(session, desk.process, matter.id, chosen, desk.who.id, desk.now)
            if number:
                await desk.note(session, journal.Entry(Act.MATTER_GATHER, matter.id, {"number": number}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, await found(desk, session), str(unfit))
    await desk.office.waker.wake()
    raise see(f"{desk.home}/matters/{matter.id}", done="gathered")


async def _show(desk: Desk, session: Session, matter: StoredMatter, wrong: str = "") -> web.StreamResponse:
    languages = None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)
    alike = await matters.perhaps_the_same(session, desk.process, desk.office.keys, matter.id, languages)
    return desk.page(
        "alike.html",
        422 if wrong else 200,
        matter=matter,
        title=titled(desk, matter.title),
        alike=[(contribution, in_words(contribution.given)) for contribution in alike],
        most=MOST_LOOKED_AT,
        wrong=wrong,
    )


routes = [
    get("/p/{slug}/matters/{matter}/alike", show, READERS),
    post("/p/{slug}/matters/{matter}/alike", gather, READERS),
]
