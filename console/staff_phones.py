"""The phones of whoever is signed in, to which they have what they write sent as a test."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import Anyone, get, post
from console.items import found
from console.tell import ORGANIZERS
from handlers import journal, staff_phones
from handlers.journal import Act
from handlers.staff_phones import NoPhone, TooOften
from handlers.writing import contents

PHONES = "/me/phone"


async def show(desk: Desk) -> web.StreamResponse:
    return await _shown(desk)


async def show_code(desk: Desk) -> web.StreamResponse:
    """Shown once: it is kept as a hash."""
    async with desk.writing() as session:
        code = await staff_phones.offer(session, desk.office.keys, desk.who.id, desk.now)
    return await _shown(desk, code)


async def unlink(desk: Desk) -> web.StreamResponse:
    async with desk.writing() as session:
        is_unlinked = await staff_phones.unlink(session, desk.who.id, desk.at("phone"))
    if not is_unlinked:
        raise web.HTTPNotFound
    raise see(PHONES, done="unlinked")


async def send_test(desk: Desk) -> web.StreamResponse:
    """Of an item as it is kept, in one language."""
    try:
        async with desk.writing() as session:
            item, language = await found(desk, session), desk.line("language")
            await staff_phones.send_test(session, desk.office.keys, desk.process, item, language, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.ITEM_TEST, item.id, {"language": language}))
    except NoPhone:
        raise see(PHONES, done="none") from None
    except TooOften:
        raise see(f"{desk.home}/tell/{desk.at('item')}", done="too_often") from None
    except contents.Unfit:
        raise web.HTTPNotFound from None
    await desk.office.waker.wake()
    raise see(f"{desk.home}/tell/{item.id}", done="tested")


async def _shown(desk: Desk, code: str = "") -> web.Response:
    async with desk.reading() as session:
        phones = await staff_phones.own(session, desk.who.id)
    return desk.page("staff_phones.html", phones=phones, code=code)


routes = [
    get(PHONES, show, Anyone.STAFF),
    post(f"{PHONES}/code", show_code, Anyone.STAFF),
    post(PHONES + "/{phone}/unlink", unlink, Anyone.STAFF),
    post("/p/{slug}/tell/{item}/test", send_test, ORGANIZERS),
]
