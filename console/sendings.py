"""Letting an item leave: all that would, who asks for it, who approves it, and the hold in which it is called back."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.approvals import Approvals
from console.audiences import labels, titled
from console.deciding import first, vote
from console.items import found
from console.tell import ORGANIZERS
from handlers import bulletins, items, journal, phones, sendings
from handlers.journal import Act
from handlers.writing import contents
from storage import Session, consultations, staff
from storage import items as stored_items
from storage.broadcasts import EVERYBODY
from storage.sendings import ON_ITS_WAY, StoredSending
from storage.states import Power, SendingKind, SendingState


async def prepare(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _prepare(desk, session)


async def request(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            item = await found(desk, session)
            once_more = bool(desk.text("once_more"))
            made = await sendings.request(session, desk.process, item.id, desk.who.id, desk.now, once_more)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, made.id, {"hash": made.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _prepare(desk, session, str(unfit))
    raise see(f"{desk.home}/tell/sendings/{made.id}")


async def _prepare(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    item = await found(desk, session)
    bulletin = items.bulletin(desk.process, item)
    sent = await sendings.of_item(session, desk.process, item.id)
    unapproved = items.unapproved(desk.process, item)
    obstacles = await sendings.obstacles(session, desk.process, item, desk.now)
    return desk.page(
        "send.html",
        422 if wrong else 200,
        item=item,
        bulletin=bulletin,
        screens=await phones.screens(session, desk.process, bulletin.text, price=desk.office.price),
        open={item.language, *unapproved},
        unapproved=unapproved,
        obstacles=obstacles,
        wrong=wrong if wrong not in obstacles else "",
        on_its_way=next((sending for sending in sent if sending.state in ON_ITS_WAY), None),
        has_left=any(sending.state is SendingState.LEFT for sending in sent),
        **await _described(desk, session, bulletin),
        **await _council(desk, session, bulletin),
    )


async def _show(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    bulletin = contents.unpack(sending.content, contents.Bulletin)
    item = await stored_items.get(session, desk.process.id, sending.item_id or "")
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    screens = await phones.screens(session, desk.process, bulletin.text, price=desk.office.price)
    return desk.page(
        "sending.html",
        422 if wrong else 200,
        sending=sending,
        title=item.title if item else "",
        bulletin=bulletin,
        screens=screens,
        open=set(bulletin.text),
        names=names,
        wrong=wrong,
        vote=await vote(session, sending.round_id),
        **await _described(desk, session, bulletin),
        **await _council(desk, session, bulletin),
    )


async def _council(desk: Desk, session: Session, bulletin: contents.Bulletin) -> dict[str, object]:
    """What a page needs to say which council approves it first."""

    async def check() -> None:
        await sendings.check_council(session, desk.process, bulletin, desk.now)

    return {"first": await first(desk, session, Power.BULLETINS, check)}


async def _described(desk: Desk, session: Session, bulletin: contents.Bulletin) -> dict[str, object]:
    """What a page needs to say whom and when it reaches."""
    audience = bulletin.audience
    kept = await consultations.newest(session, desk.process.id, 500) if audience.took_part else ()
    titles = [titled(desk, it).title for it in kept if it.id in audience.took_part]
    begins = bulletins.begins_at(bulletin, desk.process.content)
    return {"labels": labels(desk), "consulted": titles, "for_all": audience == EVERYBODY, "begins": begins}


items_leave = Approvals(frozenset({SendingKind.ITEM}), "/tell/sendings", _show)
routes = [
    get("/p/{slug}/tell/sendings/{sending}", items_leave.show, ORGANIZERS),
    post("/p/{slug}/tell/sendings/{sending}/approve", items_leave.approve, ORGANIZERS, confirmed=True),
    post("/p/{slug}/tell/sendings/{sending}/approve-alone", items_leave.approve_alone, ORGANIZERS, confirmed=True),
    post("/p/{slug}/tell/sendings/{sending}/call-back", items_leave.call_back, ORGANIZERS),
    get("/p/{slug}/tell/{item}/send", prepare, ORGANIZERS),
    post("/p/{slug}/tell/{item}/send", request, ORGANIZERS),
]
