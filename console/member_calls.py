"""Calls for members: asked for, approved by a colleague who sees exactly what leaves, and ended early."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.approvals import Approvals
from console.audiences import labels
from console.call_forms import typed_call
from console.councils import READERS, found, page, sayer, show_council
from console.wording import shown
from handlers import audiences, councils, journal, member_calls, phones, quota_facts, sendings
from handlers.audiences import Draft
from handlers.councils import OpenCouncil
from handlers.journal import Act
from handlers.member_calls import Calling
from handlers.writing import contents
from locales import in_words
from storage import Session, staff
from storage.sendings import StoredSending
from storage.states import SendingKind


async def request(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            council = await found(desk, session)
            call = typed_call(desk, await quota_facts.of_council(session, desk.process.id, council.id))
            title = shown(desk, council.content.name).text
            calling = Calling(council.id, call)
            sending = await sendings.request_call(session, desk.process, calling, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(f"{desk.home}/councils/leaving/{sending.id}")


async def close(desk: Desk) -> web.StreamResponse:
    """Before its day."""
    try:
        async with desk.writing() as session:
            council = await found(desk, session)
            call = await member_calls.get(session, desk.process, desk.at("call"))
            if call.council_id != council.id:
                raise web.HTTPNotFound
            await member_calls.close(session, desk.process, call.id, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_CALL_CLOSE, call.id))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(page(desk), done="closed")


async def _show(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    """Exactly what everybody is told, and what who answers is asked. The council may be dissolved by now."""
    calling = contents.unpack(sending.content, Calling)
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    try:
        council: OpenCouncil | None = await councils.get(session, desk.process, calling.council)
    except contents.Unfit:
        council = None
    screens, reach = [], None
    if council is not None:
        called = member_calls.announcement(desk.process, council, calling.call)
        purpose, price = called.subject.kind, desk.office.price
        screens = [*await phones.screens(session, desk.process, called.renditions, purpose, price)]
        draft = Draft(called.renditions, called.audience, purpose)
        reach = await audiences.reach(session, desk.office.crowds, desk.process, draft, desk.now, price)
    return desk.page(
        "call_leaving.html",
        422 if wrong else 200,
        sending=sending,
        calling=calling,
        council=council,
        screens=screens,
        reach=reach,
        labels=labels(desk),
        open=set(desk.process.content.languages),
        names=names,
        say=sayer(desk),
        day=in_words,
        wrong=wrong,
    )


leaving = Approvals(frozenset({SendingKind.CALL}), "/councils/leaving", _show, "calling")
routes = [
    post("/p/{slug}/councils/{council}/calls", request, READERS),
    post("/p/{slug}/councils/{council}/calls/{call}/close", close, READERS, confirmed=True),
    get("/p/{slug}/councils/leaving/{calling}", leaving.show, READERS),
    post("/p/{slug}/councils/leaving/{calling}/approve", leaving.approve, READERS, confirmed=True),
    post("/p/{slug}/councils/leaving/{calling}/approve-alone", leaving.approve_alone, READERS, confirmed=True),
    post("/p/{slug}/councils/leaving/{calling}/call-back", leaving.call_back, READERS),
]
