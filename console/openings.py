"""Letting a consultation open: all that will be asked, who requests it, who approves it, and the hold until its day."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.ask import titled
from console.deciding import First, first, vote
from console.drafts import found, problems_of
from console.tell import ORGANIZERS
from handlers import finishing, journal, openings
from handlers.finishing import Asking
from handlers.journal import Act
from handlers.rehearsals import rehearsals
from handlers.writing import contents
from storage import Session, staff
from storage.openings import StoredOpening
from storage.states import Power


async def prepare(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _prepare(desk, session)


async def request(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            draft = await found(desk, session)
            edited = desk.line("edited")
            known = int(edited) if edited.isdecimal() and len(edited) < 9 else 0
            made = await openings.request(session, desk.process, draft.id, known, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.OPENING_REQUEST, made.id, {"hash": made.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _prepare(desk, session, str(unfit))
    raise see(f"{desk.home}/ask/openings/{made.id}")


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session)


async def approve(desk: Desk) -> web.StreamResponse:
    async def approved(session: Session, opening: StoredOpening) -> StoredOpening:
        return await openings.approve(session, desk.process, opening.id, desk.who.id, desk.line("hash"), desk.now)

    return await _act(desk, Act.OPENING_APPROVE, approved)


async def call_back(desk: Desk) -> web.StreamResponse:
    """Also to refuse what waits for an approval."""

    async def called_back(session: Session, opening: StoredOpening) -> StoredOpening:
        return await openings.call_back(session, desk.process, opening.id)

    return await _act(desk, Act.OPENING_CALL_BACK, called_back)


async def _act(
    desk: Desk, act: Act, work: Callable[[Session, StoredOpening], Awaitable[StoredOpening]]
) -> web.StreamResponse:
    """With what became of it in the journal: what has changed meanwhile is void now."""
    try:
        async with desk.writing() as session:
            after = await work(session, await _found(desk, session))
            facts = {"hash": after.hash, "state": after.state.value}
            await desk.note(session, journal.Entry(act, after.id, facts))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    raise see(f"{desk.home}/ask/openings/{after.id}")


async def _prepare(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    draft = await found(desk, session)
    slips = finishing.slips(desk.process, draft.content, desk.now)
    asking = None if slips else finishing.finished(desk.process, draft.content, desk.now)
    waiting = await openings.on_their_way(session, desk.process)
    return desk.page(
        "ask_send.html",
        422 if wrong else 200,
        draft=draft,
        title=titled(desk, draft.content.title),
        problems=problems_of(slips),
        wrong=wrong,
        on_its_way=next((opening for opening in waiting if opening.draft_id == draft.id), None),
        first=await _council(desk, session, asking),
        **_described(desk, asking),
    )


async def _show(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    opening = await _found(desk, session)
    asking = openings.asking_of(opening)
    names = await staff.names(session, [name for name in (opening.requested_by, opening.approved_by) if name])
    return desk.page(
        "ask_opening.html",
        422 if wrong else 200,
        opening=opening,
        title=titled(desk, asking.consultation.title),
        names=names,
        wrong=wrong,
        is_theirs=opening.requested_by == desk.who.id,
        first=await _council(desk, session, asking),
        vote=await vote(session, opening.round_id),
        **_described(desk, asking),
    )


async def _council(desk: Desk, session: Session, asking: Asking | None) -> First | None:
    """Which council sets the questions first."""
    if asking is None:
        return None

    async def check() -> None:
        await openings.check_council(session, desk.process, asking, desk.now)

    return await first(desk, session, Power.QUESTIONS, check)


def _described(desk: Desk, asking: Asking | None) -> dict[str, object]:
    """What a page needs to say what is asked, and when."""
    if asking is None:
        return {"asking": None, "rehearsals": (), "begins": None, "dates": None}
    return {
        "asking": asking,
        "rehearsals": rehearsals(desk.process, asking.consultation, desk.office.channels),
        "begins": asking.begins(desk.process),
        "dates": asking.dates(desk.process, desk.now),
    }


async def _found(desk: Desk, session: Session) -> StoredOpening:
    try:
        return await openings.get(session, desk.process, desk.at("opening"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


routes = [
    get("/p/{slug}/ask/drafts/{draft}/send", prepare, ORGANIZERS),
    post("/p/{slug}/ask/drafts/{draft}/send", request, ORGANIZERS),
    get("/p/{slug}/ask/openings/{opening}", show, ORGANIZERS),
    post("/p/{slug}/ask/openings/{opening}/approve", approve, ORGANIZERS, confirmed=True),
    post("/p/{slug}/ask/openings/{opening}/call-back", call_back, ORGANIZERS),
]
