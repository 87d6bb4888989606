"""Signing in by login and password, giving both factors once more before what cannot be undone, and signing out."""

from aiohttp import web

from console._frame import entering, refusals, tokens
from console._frame.desks import Desk, see
from console._frame.guard import CONFIRM, SIGN_IN
from console._frame.routes import Anyone, get, post
from handlers import enrolling, signing_in
from handlers.signing_in import Refusal, SignedIn


async def show(desk: Desk) -> web.StreamResponse:
    if desk.colleague is not None and not desk.colleague.needs_second:
        raise see(entering.ahead(desk))
    return _asks(desk)


async def sign_in(desk: Desk) -> web.StreamResponse:
    outcome = await _signed_in(desk)
    if isinstance(outcome, Refusal):
        return _asks(desk, outcome)
    raise entering.go_on(desk, outcome, entering.ahead(desk))


async def _signed_in(desk: Desk) -> SignedIn | Refusal:
    """The password is compared while no transaction is open."""
    tried = await entering.attempt(desk, desk.line("login"))
    if isinstance(tried, Refusal):
        return tried
    matches = await desk.office.passwords.match(tried.password, desk.text("password"))
    async with desk.writing() as session:
        rule, browser = desk.office.second_factor, entering.browser(desk)
        return await signing_in.begin(session, rule, tried, matches, browser, desk.now)


def _asks(desk: Desk, refusal: Refusal | None = None) -> web.Response:
    status = 200 if refusal is None else refusals.status_of(refusal)
    problems = [] if refusal is None else [refusals.of_try(refusal)]
    return desk.page("sign_in.html", status, problems=problems, login=desk.line("login"), ahead=entering.ahead(desk))


async def show_again(desk: Desk) -> web.StreamResponse:
    return await _asks_again(desk)


async def confirm(desk: Desk) -> web.StreamResponse:
    outcome = await _confirmed(desk)
    if isinstance(outcome, Refusal):
        return await _asks_again(desk, outcome)
    raise entering.go_on(desk, outcome, entering.ahead(desk))


async def _confirmed(desk: Desk) -> SignedIn | Refusal:
    tried = await entering.attempt(desk, desk.who.login)
    if isinstance(tried, Refusal):
        return tried
    matches = await desk.office.passwords.match(tried.password, desk.text("password"))
    async with desk.writing() as session:
        keys, code = desk.office.keys, desk.line("code")
        return await signing_in.confirm(session, keys, desk.who, tried, matches, code, desk.now)


async def _asks_again(desk: Desk, refusal: Refusal | None = None) -> web.Response:
    async with desk.reading() as session:
        standing = await enrolling.standing(session, desk.office.keys, desk.who)
    status = 200 if refusal is None else refusals.status_of(refusal)
    problems = [] if refusal is None else [refusals.of_try(refusal)]
    return desk.page(
        "confirm.html", status, problems=problems, has_second=standing.has_second, ahead=entering.ahead(desk)
    )


async def sign_out(desk: Desk) -> web.StreamResponse:
    async with desk.writing() as session:
        await signing_in.sign_out(session, desk.who)
    elsewhere = see(SIGN_IN)
    tokens.drop(desk.office, elsewhere, tokens.SIGN_IN)
    raise elsewhere


routes = [
    get(SIGN_IN, show, Anyone.VISITORS),
    post(SIGN_IN, sign_in, Anyone.VISITORS),
    get(CONFIRM, show_again, Anyone.STAFF),
    post(CONFIRM, confirm, Anyone.STAFF),
    post("/sign-out", sign_out, Anyone.HALF_SIGNED_IN),
]
