"""Responding to matters, and telling what followed: written, shown as it will leave, approved by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.approvals import Approvals
from console.matters import ORGANIZERS, titled
from console.wording import typed
from handlers import arrivals, journal, matters, phones, responses, results, sendings
from handlers.arrivals import Reached
from handlers.journal import Act
from handlers.phones import Screens
from handlers.writing import contents, moments
from locales import _
from storage import Session, broadcasts, staff
from storage import matters as stored
from storage import responses as stored_responses
from storage.broadcasts import PROGRESS, RESPONSE
from storage.matters import StoredMatter
from storage.sendings import StoredSending
from storage.states import ResponseState, ResultState, SendingKind

STATES = tuple(state for state in flows.STATES if state is not ResponseState.RECEIVED)


@dataclass(frozen=True, slots=True)
class Subject:
    """A matter that a response is to, as the page names it."""

    matter: StoredMatter
    title: flows.Rendition


async def write(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _write(desk, session, _chosen(desk.request.query.getall("matter", ())))


async def ask(desk: Desk) -> web.StreamResponse:
    """See it on the phones first, or ask for it to leave."""
    chosen = _chosen(desk.many("matter"))
    response = _response(desk, chosen)
    if desk.text("show"):
        async with desk.reading() as session:
            return await _write(desk, session, chosen, response)
    try:
        async with desk.writing() as session:
            about = await _subjects(desk, session, chosen)
            title = about[0].title.text if about else ""
            sending = await sendings.request_response(session, desk.process, response, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _write(desk, session, chosen, response, str(unfit))
    raise see(f"{desk.home}/matters/leaving/{sending.id}")


async def write_result(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _write_result(desk, session)


async def ask_result(desk: Desk) -> web.StreamResponse:
    if desk.text("show"):
        async with desk.reading() as session:
            return await _write_result(desk, session)
    try:
        result = _result(desk)
        async with desk.writing() as session:
            about = await _answered(desk, session)
            title = about[0].title.text if about else ""
            sending = await sendings.request_result(session, desk.process, result, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _write_result(desk, session, str(unfit))
    raise see(f"{desk.home}/matters/leaving/{sending.id}")


def _chosen(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[: responses.MOST_MATTERS + 1]


def _response(desk: Desk, chosen: tuple[str, ...]) -> contents.Response:
    return contents.Response(
        state=desk.line("state"),
        reason=typed(desk, "reason"),
        matters=chosen,
        decided_by=typed(desk, "decided_by"),
        place=typed(desk, "place"),
        link=desk.line("link"),
    )


def _result(desk: Desk) -> contents.Result:
    """Raises `contents.Unfit`."""
    day = moments.day(desk.line("day"), _("day"))
    if day is None:
        raise contents.Unfit(_("day: say on which day it happened."))
    return contents.Result(
        response=desk.at("response"),
        state=desk.line("state"),
        text=typed(desk, "text"),
        day=day,
        place=typed(desk, "place"),
        link=desk.line("link"),
    )


async def _subjects(desk: Desk, session: Session, chosen: Sequence[str]) -> Sequence[Subject]:
    return [
        Subject(matter, titled(desk, matter.title)) for matter in await stored.several(session, desk.process.id, chosen)
    ]


async def _answered(desk: Desk, session: Session) -> Sequence[Subject]:
    """The matters of the response that the path names."""
    name = desk.at("response")
    if await stored_responses.get(session, desk.process.id, name) is None:
        raise web.HTTPNotFound
    return await _subjects(desk, session, await stored_responses.matters_of(session, name))


async def _write(
    desk: Desk,
    session: Session,
    chosen: tuple[str, ...],
    response: contents.Response | None = None,
    wrong: str = "",
) -> web.StreamResponse:
    """With how many people of which language would hear it, before anybody asks for it."""
    about = await _subjects(desk, session, chosen)
    if len(about) != len(chosen):
        raise web.HTTPNotFound
    screens: Sequence[Screens] = ()
    if response is not None and not wrong:
        screens, wrong = await _screens(desk, session, response)
    return desk.page(
        "respond.html",
        422 if wrong else 200,
        about=about,
        response=response or contents.Response("", {}, matters=chosen),
        states=STATES,
        reach=await matters.reach(session, desk.process, chosen) if chosen else (),
        screens=screens,
        open=set(response.reason) if response else set(),
        wrong=wrong,
    )


async def _write_result(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    about = await _answered(desk, session)
    screens: Sequence[Screens] = ()
    if desk.text("show"):
        screens, wrong = await _result_screens(desk, session)
    return desk.page(
        "result.html",
        422 if wrong else 200,
        about=about,
        states=tuple(ResultState),
        labels=flows.RESULTS,
        typed={name: typed(desk, name) for name in ("text", "place")},
        reach=await matters.reach(session, desk.process, [it.matter.id for it in about]) if about else (),
        screens=screens,
        open=set(typed(desk, "text")),
        wrong=wrong,
    )


async def _screens(desk: Desk, session: Session, response: contents.Response) -> tuple[Sequence[Screens], str]:
    try:
        announced = await responses.announcement(session, desk.process, "", response)
    except contents.Unfit as unfit:
        return (), str(unfit)
    composed = announced.told(desk.process.content)
    texts = {language: composed.to(language) for language in announced.renditions}
    return await phones.screens(session, desk.process, texts, RESPONSE, desk.office.price), ""


async def _result_screens(desk: Desk, session: Session) -> tuple[Sequence[Screens], str]:
    try:
        announced = await results.announcement(session, desk.process, "", _result(desk), desk.now)
    except contents.Unfit as unfit:
        return (), str(unfit)
    return await phones.screens(session, desk.process, announced.renditions, PROGRESS, desk.office.price), ""


async def _show(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    """Exactly what leaves, and whom it reaches now."""
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    about = await _subjects(desk, session, await _answering(session, sending))
    texts = await _texts(desk, session, sending)
    purpose = PROGRESS if sending.kind is SendingKind.RESULT else RESPONSE
    has_left = sending.broadcast_id is not None
    return desk.page(
        "response_sending.html",
        422 if wrong else 200,
        sending=sending,
        about=about,
        screens=await phones.screens(session, desk.process, texts, purpose, desk.office.price) if texts else (),
        open=set(desk.process.content.languages),
        reach=() if has_left else await matters.reach(session, desk.process, [it.matter.id for it in about]),
        outcome=await _reached(desk, session, sending),
        names=names,
        wrong=wrong,
    )


async def _reached(desk: Desk, session: Session, sending: StoredSending) -> Reached | None:
    """Whom it has reached, and why not the others; None: it has not left. Two statements."""
    if sending.broadcast_id is None:
        return None
    broadcast = await broadcasts.of(session, desk.process.id, sending.broadcast_id)
    if broadcast is None:
        return None
    return (await arrivals.of(session, desk.process, [broadcast.subject])).get(broadcast.subject)


async def _answering(session: Session, sending: StoredSending) -> Sequence[str]:
    """The ids of the matters that it is about."""
    if sending.kind is SendingKind.RESULT:
        result = contents.unpack(sending.content, contents.Result)
        return await stored_responses.matters_of(session, result.response)
    return contents.unpack(sending.content, contents.Response).matters


async def _texts(desk: Desk, session: Session, sending: StoredSending) -> flows.Renditions:
    """What leaves, in each language; {}: it could not leave any more."""
    try:
        if sending.kind is SendingKind.RESULT:
            result = contents.unpack(sending.content, contents.Result)
            return (await results.announcement(session, desk.process, "", result, desk.now)).renditions
        response = contents.unpack(sending.content, contents.Response)
        announced = await responses.announcement(session, desk.process, "", response)
    except contents.Unfit:
        return {}
    composed = announced.told(desk.process.content)
    return {language: composed.to(language) for language in announced.renditions}


leaving = Approvals(frozenset({SendingKind.RESPONSE, SendingKind.RESULT}), "/matters/leaving", _show, "leaving")
routes = [
    get("/p/{slug}/matters/respond", write, ORGANIZERS),
    post("/p/{slug}/matters/respond", ask, ORGANIZERS),
    get("/p/{slug}/matters/leaving/{leaving}", leaving.show, ORGANIZERS),
    post("/p/{slug}/matters/leaving/{leaving}/approve", leaving.approve, ORGANIZERS, confirmed=True),
    post("/p/{slug}/matters/leaving/{leaving}/approve-alone", leaving.approve_alone, ORGANIZERS, confirmed=True),
    post("/p/{slug}/matters/leaving/{leaving}/call-back", leaving.call_back, ORGANIZERS),
    get("/p/{slug}/matters/results/{response}", write_result, ORGANIZERS),
    post("/p/{slug}/matters/results/{response}", ask_result, ORGANIZERS),
]
