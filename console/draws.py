"""Draws by lot: decided by a public value, watched, confirmed by a second person, and given out as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.draw_forms import council_of
from console.translations import download
from council import lots
from council.lots import Cannot, Limits
from handlers import counts, draws, journal, vacancies
from handlers.draws import CATEGORY, Summary
from handlers.journal import Act
from handlers.writing import contents
from locales import _, spoken
from storage import Session, staff
from storage import draws as stored
from storage.draws import StoredDraw
from storage.roles import Role
from storage.states import DrawState

READERS = (Role.ORGANIZER, Role.AUDITOR)
ORGANIZERS = (Role.ORGANIZER,)
MOST = 50
LIVES = (DrawState.READY, DrawState.DRAWING)
"""What may look otherwise in a moment."""


@dataclass(frozen=True, slots=True)
class Row:
    """A draw in the list."""

    draw: StoredDraw
    state: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One tenth of chances."""

    least: int
    """In percent."""
    most: int
    number: int | None
    """About how many candidates have such a chance; None: too few to be said."""
    share: int | None


def states() -> Mapping[DrawState, str]:
    return {
        DrawState.ANNOUNCED: _("Announced"),
        DrawState.READY: _("Waits"),
        DrawState.DRAWING: _("is being drawn"),
        DrawState.DRAWN: _("Drawn, to be confirmed"),
        DrawState.FAILED: _("Nobody could be drawn"),
        DrawState.CONFIRMED: _("Confirmed"),
    }


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        newest = await stored.newest(session, desk.process.id, MOST)
        calls = await stored.calls(session, desk.process.id)
    named = states()
    return desk.page(
        "draws.html",
        rows=[Row(draw, named[draw.state]) for draw in newest],
        calls=[(call, council_of(call)) for call in calls],
    )


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session)


async def live(desk: Desk) -> web.StreamResponse:
    """How far it is, which is fetched again and again; once it is drawn, the whole page comes anew."""
    async with desk.reading() as session:
        draw = await _found(desk, session)
    if draw.state not in LIVES:
        return web.Response(status=204, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
    version = sha256(repr((spoken(), draw.state, draw.progress)).encode()).hexdigest()[:16]
    return desk.live("draw_live.html", version, draw=draw, state=states()[draw.state])


async def enter(desk: Desk) -> web.StreamResponse:
    name = desk.at("draw")
    try:
        async with desk.writing() as session:
            await _found(desk, session)
            await draws.enter(session, desk.process, name, desk.line("value"), desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.DRAW_ENTER, name))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    raise see(f"{desk.home}/draws/{name}", done="entered")


async def confirm(desk: Desk) -> web.StreamResponse:
    name = desk.at("draw")
    try:
        async with desk.writing() as session:
            await _found(desk, session)
            givable = await draws.confirm(session, desk.office.keys, desk.process, name, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.DRAW_CONFIRM, name, {"number": len(givable.members)}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    raise see(f"{desk.home}/draws/{name}", done="confirmed")


async def fetch(desk: Desk) -> web.StreamResponse:
    """Its file. Who fetches it stands in the journal: in it insiders may recognise people by what they told."""
    name = desk.at("draw")
    async with desk.writing() as session:
        await _found(desk, session)
        record = await draws.record(session, desk.office.keys, desk.process, name)
        await desk.note(session, journal.Entry(Act.DRAW_FETCH, name))
    return download(lots.packed(record), "application/json", f"{desk.process.slug}-draw-{name[:8]}.json")


async def _show(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    draw = await _found(desk, session)
    tickets = await stored.tickets(session, desk.office.keys, desk.process.id, draw.id)
    labels = draws.labels_of(await stored.call(session, desk.process.id, draw.call_id), _("not said"))
    names = await staff.names(session, {who for who in (draw.announced_by, draw.entered_by, draw.confirmed_by) if who})
    outcome = draws.outcome(draw)
    drawn = sorted((its for its in tickets if its.place is not None), key=lambda its: its.place or 0)
    return desk.page(
        "draw.html",
        422 if wrong else 200,
        draw=draw,
        state=states()[draw.state],
        wrong=wrong,
        lives=draw.state in LIVES,
        names=names,
        limits=_limits(draw, labels),
        required=[draws.in_words([its], labels) for its in vacancies.required(draw.requirements, 0)],
        why=draws.why(outcome, labels) if isinstance(outcome, Cannot) else [],
        summary=outcome if isinstance(outcome, Summary) else None,
        bars=_bars(outcome) if isinstance(outcome, Summary) else [],
        candidates=counts.rounded(len(tickets)),
        is_known=desk.now >= draw.due,
        may_confirm=desk.has(Role.ORGANIZER) and desk.who.id not in (draw.announced_by, draw.entered_by),
        members=[(its, its.facts is not None) for its in drawn if (its.place or 0) <= draw.seats],
        substitutes=len([its for its in drawn if (its.place or 0) > draw.seats]),
        gone=any(its.facts is None for its in tickets),
        recognisable=counts.rounded(draws.recognisable(tickets)),
        typed=desk.line("value"),
    )


def _limits(draw: StoredDraw, labels: Mapping[str, Mapping[str, str]]) -> Sequence[tuple[str, str, Limits]]:
    """The quotas in words."""
    return [
        (labels.get(category, {}).get(CATEGORY, category), labels.get(category, {}).get(value, value), limit)
        for category, named in draws.limits(draw).items()
        for value, limit in named.items()
    ]


def _bars(summary: Summary) -> Sequence[Bar]:
    step = 100 // len(summary.spread)
    return [
        Bar(
            place * step,
            (place + 1) * step,
            number := counts.rounded(candidates),
            None if number is None else round(100 * candidates / summary.candidates),
        )
        for place, candidates in enumerate(summary.spread)
    ]


async def _found(desk: Desk, session: Session) -> StoredDraw:
    draw = await stored.get(session, desk.process.id, desk.at("draw"))
    if draw is None:
        raise web.HTTPNotFound
    return draw


routes = [
    get("/p/{slug}/draws", listed, READERS),
    get("/p/{slug}/draws/{draw}", show, READERS),
    get("/p/{slug}/draws/{draw}/live", live, READERS),
    post("/p/{slug}/draws/{draw}/value", enter, ORGANIZERS, confirmed=True),
    post("/p/{slug}/draws/{draw}/confirm", confirm, ORGANIZERS, confirmed=True),
    post("/p/{slug}/draws/{draw}/file", fetch, READERS, confirmed=True),
]
