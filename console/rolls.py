"""A correction of a roll: an organizer asks for it, a colleague approves exactly that."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.approvals import Approvals
from console.round_openings import KEEPERS
from console.rounds import page_of
from console.wording import shown
from handlers import journal, phones, rounds, sendings
from handlers.journal import Act
from handlers.writing import contents
from storage import Session, staff
from storage import rounds as stored
from storage.sendings import StoredSending
from storage.states import SendingKind


async def request(desk: Desk) -> web.StreamResponse:
    correction = contents.RollCorrection(desk.at("round"), tuple(sorted(set(desk.many("seat")))))
    try:
        async with desk.writing() as session:
            found = await stored.get(session, correction.round)
            if found is None or found.process != desk.process.id:
                raise web.HTTPNotFound
            title = shown(desk, contents.unpack(found.content, contents.Round).title).text
            sending = await sendings.request_correction(session, desk.process, correction, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await page_of(desk, session, str(unfit))
    raise see(f"{desk.home}/rounds/rolls/{sending.id}")


async def _show(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    """Exactly which seats, and with which words who sits there is invited."""
    correction = contents.unpack(sending.content, contents.RollCorrection)
    found = await stored.get(session, correction.round)
    if found is None:
        raise web.HTTPNotFound
    round_ = contents.unpack(found.content, contents.Round)
    called = rounds.invitation(desk.process, round_, found.id, found.power)
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    return desk.page(
        "roll_leaving.html",
        422 if wrong else 200,
        sending=sending,
        correction=correction,
        title=shown(desk, round_.title),
        screens=await phones.screens(session, desk.process, called.renditions, called.subject.kind, desk.office.price),
        open=set(desk.process.content.languages),
        names=names,
        wrong=wrong,
    )


leaving = Approvals(frozenset({SendingKind.ROLL}), "/rounds/rolls", _show, "correction")
routes = [
    post("/p/{slug}/rounds/{round}/roll", request, KEEPERS),
    get("/p/{slug}/rounds/rolls/{correction}", leaving.show, KEEPERS),
    post("/p/{slug}/rounds/rolls/{correction}/approve", leaving.approve, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/rolls/{correction}/approve-alone", leaving.approve_alone, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/rolls/{correction}/call-back", leaving.call_back, KEEPERS),
]
