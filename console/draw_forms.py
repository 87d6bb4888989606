"""Announcing a draw by lot: how many, under which quotas, and which public value decides."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from council.lots import Limits
from handlers import counts, draws, journal, vacancies
from handlers.draws import CATEGORY, Fact, Plan
from handlers.journal import Act
from handlers.writing import contents, moments
from locales import _, spoken
from storage import Session
from storage import draws as stored
from storage.draws import Call
from storage.roles import Role

ORGANIZERS = (Role.ORGANIZER,)


@dataclass(frozen=True, slots=True)
class Limit:
    """A value in the form, with its limits as they were typed."""

    name: str
    label: str
    candidates: int | None
    """About how many of those who stand told it; None: too few to be said."""
    least: str
    most: str


async def begin(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _form(desk, session, desk.at("pool"))


async def announce(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            plan = await _plan(desk, session, await _call(desk, session, desk.at("pool")))
            new = await draws.announce(session, desk.office.keys, desk.process, plan, desk.who.id, desk.now)
            facts: Mapping[str, journal.Fact] = {"hash": new.commitment, "number": new.seats}
            await desk.note(session, journal.Entry(Act.DRAW_ANNOUNCE, new.id, facts))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _form(desk, session, desk.at("pool"), str(unfit))
    raise see(f"{desk.home}/draws/{new.id}", done="announced")


async def _form(desk: Desk, session: Session, call_id: str, wrong: str = "") -> web.StreamResponse:
    call = await _call(desk, session, call_id)
    found = await draws.pooled(session, desk.office.keys, desk.process, call.council, call.id, desk.now)
    facts = draws.facts_of(call.content)
    labels = draws.labels_of(call.content, _("not said"))
    free = await vacancies.free(session, desk.process.id, call.council, lock=False)
    return desk.page(
        "draw_begin.html",
        422 if wrong else 200,
        call=call,
        council=council_of(call),
        wrong=wrong,
        vacant=len(free),
        required=[draws.in_words([vacancy.requires], labels) for vacancy in free if vacancy.requires],
        candidates=counts.rounded(len(found.standing)),
        seats=desk.line("seats"),
        source=desk.line("source"),
        due=desk.line("due"),
        whole=bool(desk.text("whole")),
        facts=[
            (
                labels[fact.value][CATEGORY],
                [
                    Limit(
                        f"{place}-{number}",
                        labels[fact.value][option.value],
                        counts.rounded(found.count(fact.value, option.value)),
                        desk.line(f"least-{place}-{number}"),
                        desk.line(f"most-{place}-{number}"),
                    )
                    for number, option in enumerate(fact.options)
                ],
            )
            for place, fact in enumerate(facts)
        ],
    )


async def _plan(desk: Desk, session: Session, call: Call) -> Plan:
    """Raises `contents.Unfit`."""
    seats = _number(desk.line("seats"), 0)
    facts = draws.facts_of(call.content)
    quotas = {fact.value: _typed(desk, place, fact, seats) for place, fact in enumerate(facts)}
    quotas = {category: limits for category, limits in quotas.items() if limits}
    if desk.text("whole"):
        vacant = await draws.vacant(session, desk.office.keys, desk.process, call.council, quotas, seats)
        quotas, seats = {name: dict(limits) for name, limits in vacant.quotas.items()}, vacant.seats
    due = moments.read(desk.line("due"), moments.zone_of(desk.process.content), _("moment"))
    return Plan(call.council, call.id, seats, quotas, desk.line("source"), due)


def _typed(desk: Desk, place: int, fact: Fact, seats: int) -> dict[str, Limits]:
    """The limits of a fact. Where neither is typed there is none."""
    limits = {}
    for number, option in enumerate(fact.options):
        least, most = desk.line(f"least-{place}-{number}"), desk.line(f"most-{place}-{number}")
        if least or most:
            limits[option.value] = Limits(_number(least, 0), _number(most, seats))
    return limits


def _number(typed: str, empty: int) -> int:
    """Raises `contents.Unfit`."""
    if not typed:
        return empty
    if not (typed.isdecimal() and len(typed) <= 4):
        raise contents.Unfit(_("Quotas and seats are whole numbers, from 0 on."))
    return int(typed)


async def _call(desk: Desk, session: Session, call_id: str) -> Call:
    calls = await stored.calls(session, desk.process.id)
    found = next((call for call in calls if call.id == call_id), None)
    if found is None:
        raise web.HTTPNotFound
    return found


class _Council(msgspec.Struct, frozen=True):
    """Of a council only what it is called."""

    name: dict[str, str]


def council_of(call: Call) -> flows.Rendition:
    name = msgspec.json.decode(call.of_council, type=_Council).name
    return flows.rendition(name, spoken(), tuple(name))


routes = [
    get("/p/{slug}/draws/of/{pool}", begin, ORGANIZERS),
    post("/p/{slug}/draws/of/{pool}", announce, ORGANIZERS, confirmed=True),
]
