"""Seats of a council: added, handed out by codes, ended, abolished, and until when somebody sits there."""

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import post
from console.councils import READERS, found, page, show_council
from console.numbers import typed_number
from handlers import councils, journal, members, people, quota_facts, seats, terms
from handlers.councils import Places
from handlers.journal import Act
from handlers.writing import contents, moments
from locales import _
from storage.states import SeatKind


async def add(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            council = await found(desk, session)
            facts = await quota_facts.of_council(session, desk.process.id, council.id)
            requires = {fact.value: value for fact in facts if (value := desk.line(f"requires-{fact.value}"))}
            places = Places(typed_number(desk, "number"), _kind(desk), desk.line("organization"), requires)
            await councils.add_seats(session, desk.process, council.id, places, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_SEATS, council.id, {"number": places.number}))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(page(desk), done="added")


async def end(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            await found(desk, session)
            await members.remove(session, desk.process, desk.at("seat"), desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_REMOVE))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(page(desk), done="ended")


async def abolish(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            await found(desk, session)
            await seats.abolish(session, desk.process, desk.at("seat"), desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_ABOLISH))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(page(desk), done="abolished")


async def move_term(desk: Desk) -> web.StreamResponse:
    try:
        last_day = moments.day(desk.line("until"), _("last day of the term"))
        if last_day is None:
            raise contents.Unfit(_("Write the last day of the term."))
        async with desk.writing() as session:
            await found(desk, session)
            days = await terms.move(session, desk.process, desk.at("seat"), last_day, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_TERM, facts={"days": days}))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    raise see(page(desk), done="moved")


async def invite(desk: Desk) -> web.StreamResponse:
    """The code is shown once, on the page that answers."""
    seat = desk.line("seat") or None
    try:
        async with desk.writing() as session:
            council = await found(desk, session)
            theirs = await councils.seats_of(session, desk.process, council.id)
            if seat is not None and seat not in {its.id for its in theirs}:
                raise web.HTTPNotFound
            code = await people.invite(
                session, desk.office.keys, desk.process, desk.now, council_id=council.id, seat_id=seat
            )
            await desk.note(session, journal.Entry(Act.COUNCIL_INVITE, facts={"days": people.INVITED_FOR}))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    return await show_council(desk, code=code)


def _kind(desk: Desk) -> SeatKind:
    try:
        return SeatKind(desk.line("kind"))
    except ValueError:
        raise web.HTTPBadRequest from None


routes = [
    post("/p/{slug}/councils/{council}/seats", add, READERS),
    post("/p/{slug}/councils/{council}/seats/{seat}/end", end, READERS),
    post("/p/{slug}/councils/{council}/seats/{seat}/abolish", abolish, READERS),
    post("/p/{slug}/councils/{council}/seats/{seat}/term", move_term, READERS),
    post("/p/{slug}/councils/{council}/invitations", invite, READERS),
]
