"""The second factor: giving it after the password, and choosing one, with its codes on paper."""

from collections.abc import Sequence

import segno
from aiohttp import web
from markupsafe import Markup

from console._frame import entering, refusals
from console._frame.desks import Desk, see
from console._frame.guard import CONFIRM, SECOND
from console._frame.refusals import Problem
from console._frame.routes import Anyone, get, post
from handlers import enrolling, signing_in
from handlers.enrolling import Standing
from handlers.second_factors import Offer
from handlers.signing_in import Refusal, Unconfirmed


async def show(desk: Desk) -> web.StreamResponse:
    return await _asks(desk)


async def give(desk: Desk) -> web.StreamResponse:
    """A code of the app, or one on paper."""
    async with desk.writing() as session:
        code, client = desk.line("code"), entering.client(desk)
        outcome = await signing_in.give_second(session, desk.office.keys, desk.who, code, client, desk.now)
    if isinstance(outcome, Refusal):
        return await _asks(desk, outcome)
    raise entering.go_on(desk, outcome, entering.ahead(desk))


async def offer(desk: Desk) -> web.StreamResponse:
    """Another one, to be put into an app."""
    try:
        async with desk.writing() as session:
            await enrolling.offer_second(session, desk.office.keys, desk.who, desk.now)
    except Unconfirmed:
        raise see(CONFIRM, next="/me") from None
    raise see(SECOND, next=entering.ahead(desk))


async def choose(desk: Desk) -> web.StreamResponse:
    """The first code of what was offered."""
    try:
        async with desk.writing() as session:
            code, client = desk.line("code"), entering.client(desk)
            outcome = await enrolling.enrol(session, desk.office.keys, desk.who, code, client, desk.now)
    except Unconfirmed:
        raise see(CONFIRM, next=SECOND) from None
    if isinstance(outcome, Refusal):
        return await _asks(desk, outcome)
    response = codes(entering.by(desk, outcome.token), outcome.codes, entering.ahead(desk))
    entering.keep(desk, response, outcome.token)
    return response


def codes(desk: Desk, on_paper: Sequence[str], ahead: str) -> web.Response:
    """Shown once: they are kept as hashes."""
    return desk.page("second_codes.html", codes=on_paper, ahead=ahead)


async def _asks(desk: Desk, refusal: Refusal | None = None) -> web.Response:
    async with desk.reading() as session:
        standing = await enrolling.standing(session, desk.office.keys, desk.who)
    status = 200 if refusal is None else refusals.status_of(refusal)
    return _asked(desk, standing, status, [] if refusal is None else [refusals.of_try(refusal)])


def _asked(desk: Desk, standing: Standing, status: int, problems: Sequence[Problem]) -> web.Response:
    ahead = entering.ahead(desk)
    if desk.who.needs_second and standing.has_second:
        return desk.page("second.html", status, problems=problems, ahead=ahead)
    if standing.offer is not None:
        shown = standing.offer
        return desk.page(
            "second_offer.html", status, problems=problems, offer=shown, picture=picture(shown), ahead=ahead
        )
    if not desk.who.needs_second:
        raise see(ahead)
    return desk.page("second_begin.html", ahead=ahead)


def picture(shown: Offer) -> Markup:
    """Its QR code, as a part of the page: no address leads to it, and nothing keeps it."""
    drawn = segno.make_qr(shown.address, error="m").svg_inline(scale=5, light="#fff", svgclass="qr")
    return Markup(drawn)  # noqa: S704 it is made of squares alone


routes = [
    get(SECOND, show, Anyone.HALF_SIGNED_IN),
    post(SECOND, give, Anyone.HALF_SIGNED_IN),
    post("/second/offer", offer, Anyone.HALF_SIGNED_IN),
    post("/second/choose", choose, Anyone.HALF_SIGNED_IN),
]
