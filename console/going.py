"""How far what is told has come, while it leaves and afterwards, and the way to pause, resume or stop it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from textwrap import shorten

from aiohttp import web

import flows
from broadcast import daytime
from console._frame import pages
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from handlers import journal, progress
from handlers.journal import Act
from handlers.processes import OpenProcess
from handlers.progress import Going, Outlook, Progress
from handlers.writing import contents
from locales import N_, _, spoken
from storage import Session, broadcasts, circuits, items
from storage.broadcasts import EVERYBODY, Broadcast, Hours
from storage.circuits import OpenCircuit
from storage.items import ListedItem
from storage.roles import Role
from storage.states import BroadcastState, State

READERS = (Role.ORGANIZER, Role.AUDITOR)
ORGANIZERS = (Role.ORGANIZER,)
MOST = 30
BEGINNING = 90
"""Characters of a text by which somebody recognises it."""
KINDS: Mapping[str, str] = {
    "item": N_("Bulletin"),
    "bulletin": N_("Bulletin"),
    "consultation": N_("Consultation"),
    "response": N_("Response"),
    "progress": N_("What followed a response"),
    "promise": N_("A promise that has passed"),
    "inquiry": N_("Question to one person"),
    "proposal": N_("Answer to whoever proposed a statement"),
    "round": N_("Round of voting"),
    "vote": N_("Round of voting"),
    "outcome": N_("Result of a vote"),
    "result": N_("Result of a vote"),
    "seat": N_("Seat on the council"),
}
"""By the kind of a broadcast's subject."""
STATES: Mapping[State, str] = {
    State.QUEUED: N_("Waiting"),
    State.SENDING: N_("Leaving now"),
    State.SENT: N_("Sent"),
    State.DELIVERED: N_("Arrived"),
    State.UNKNOWN: N_("Unknown"),
    State.FAILED: N_("Failed"),
    State.EXPIRED: N_("Too late"),
    State.CANCELLED: N_("Not sent"),
}
"""In the order in which the columns stand."""
ALWAYS = (State.QUEUED, State.SENT, State.DELIVERED, State.UNKNOWN)
"""States that have a column even where nothing is in them."""
PAUSED = (BroadcastState.PAUSED, BroadcastState.PAUSING)

Turn = Callable[[Session, OpenProcess, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A broadcast in the list."""

    going: Going
    kind: str
    """What it tells, in a word."""
    title: str
    """What staff call it, or how its text begins."""
    language: str
    """Of the title."""


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        newest = await progress.newest(session, desk.process, MOST)
        titles = {item.id: item for item in await items.listed(session, desk.process.id)}
    return desk.page("going_list.html", listed=[_listed(going, titles) for going in newest], phase=phase)


async def show(desk: Desk) -> web.StreamResponse:
    at, broken = await _at_this_moment(desk)
    audience = at.broadcast.audience
    return desk.page(
        "going.html",
        kind=_kind(at.broadcast),
        texts=flows.told(at.broadcast.renditions).text,
        audience=audience,
        everybody=EVERYBODY,
        regions=[region.label for region in desk.process.content.regions if region.value in audience.regions],
        **_shown(desk, at, broken),
    )


async def live(desk: Desk) -> web.StreamResponse:
    """The part that is fetched again and again. Where something else can be done by now, the whole page comes anew."""
    at, broken = await _at_this_moment(desk)
    if desk.request.query.get("phase", "") != phase(at):
        return web.Response(status=204, headers={**pages.HEADERS, "HX-Refresh": "true"})
    return desk.live("going_live.html", _version(at, broken), **_shown(desk, at, broken))


async def pause(desk: Desk) -> web.StreamResponse:
    return await _turn(desk, progress.pause, Act.BROADCAST_PAUSE)


async def resume(desk: Desk) -> web.StreamResponse:
    return await _turn(desk, progress.resume, Act.BROADCAST_RESUME)


async def stop(desk: Desk) -> web.StreamResponse:
    return await _turn(desk, progress.stop, Act.BROADCAST_CANCEL)


async def _turn(desk: Desk, turn: Turn, act: Act) -> web.StreamResponse:
    """What changes nothing, because a colleague was quicker, stands in no journal; the page says how it is now."""
    name = desk.at("broadcast")
    try:
        async with desk.writing() as session:
            if await turn(session, desk.process, name):
                await desk.note(session, journal.Entry(act, name))
    except contents.Unfit:
        raise web.HTTPNotFound from None
    await desk.office.waker.wake()
    raise see(f"{desk.home}/tell/going/{name}", done=act.partition(".")[2])


async def _at_this_moment(desk: Desk) -> tuple[Progress, Sequence[OpenCircuit]]:
    """With the senders that it may leave by and that are out of order."""
    async with desk.reading() as session:
        broadcast = await broadcasts.of(session, desk.process.id, desk.at("broadcast"))
        if broadcast is None:
            raise web.HTTPNotFound
        rates = {name: channel.pace.rate for name, channel in desk.office.channels.items()}
        outlook = Outlook(rates, _opens(broadcast.hours, desk.now))
        at = await progress.of(session, desk.process, broadcast.id, desk.now, outlook)
        broken = [] if at.is_over else await circuits.broken_for(session, desk.process.id)
    used = {cell.channel for cell in at.cells}
    return at, [circuit for circuit in broken if circuit.channel in used]


def _opens(hours: Hours | None, now: datetime) -> datetime | None:
    """From when on everybody may be written to, wherever they live."""
    return None if hours is None else max(daytime.opens(hours, region, now) for region in ("", *hours.zones))


def _shown(desk: Desk, at: Progress, broken: Sequence[OpenCircuit]) -> Mapping[str, object]:
    return {
        "at": at,
        "broken": broken,
        "phase": phase(at),
        "ended": None if at.number is None else at.number - sum(at.states[state] or 0 for state in progress.TO_COME),
        "states": {state: label for state, label in STATES.items() if state in ALWAYS or at.states[state]},
        "zone": desk.zone,
    }


def phase(at: Progress | Going) -> str:
    """What can be done with it: "running", "paused", or nothing any more, "stopping" or "over"."""
    if at.is_over:
        return "over"
    if at.broadcast.state in PAUSED:
        return "paused"
    return "running" if at.broadcast.state in broadcasts.GOES_ON else "stopping"


def _version(at: Progress, broken: Sequence[OpenCircuit]) -> str:
    """With what the clock changes, and who reads it in which language."""
    ends = "" if at.ends is None else f"{at.ends:%d %H:%M}"
    seen = (at.version, spoken(), ends, [circuit.channel for circuit in broken])
    return sha256(repr(seen).encode()).hexdigest()[:16]


def _listed(going: Going, titles: Mapping[str, ListedItem]) -> Listed:
    subject, kind = going.broadcast.subject, _kind(going.broadcast)
    item = titles.get(subject.id) if subject.kind == "item" else None
    if item is not None:
        return Listed(going, kind, item.title, item.language)
    texts = flows.told(going.broadcast.renditions)
    text = flows.rendition(texts.text, spoken(), texts.order)
    return Listed(going, kind, shorten(text.text, BEGINNING, placeholder=" …"), text.language)


def _kind(broadcast: Broadcast) -> str:
    return _(KINDS.get(broadcast.subject.kind, broadcast.subject.kind))


routes = [
    get("/p/{slug}/tell/going", listed, READERS),
    get("/p/{slug}/tell/going/{broadcast}", show, READERS),
    get("/p/{slug}/tell/going/{broadcast}/live", live, READERS),
    post("/p/{slug}/tell/going/{broadcast}/pause", pause, ORGANIZERS),
    post("/p/{slug}/tell/going/{broadcast}/resume", resume, ORGANIZERS),
    post("/p/{slug}/tell/going/{broadcast}/stop", stop, ORGANIZERS, confirmed=True),
]
