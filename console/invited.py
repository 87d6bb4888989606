"""An invitation: somebody new says their name, and chooses a password."""

from collections.abc import Sequence

from aiohttp import web

from console._frame import entering, refusals
from console._frame.desks import Desk
from console._frame.refusals import Problem
from console._frame.routes import Anyone, get, post
from handlers import staff
from handlers.signing_in import SignedIn
from handlers.staff import Acceptance, Guest, Look, Profile, Refused
from locales import languages, spoken


async def show(desk: Desk) -> web.StreamResponse:
    guest = await _guest(desk)
    return _is_over(desk) if guest is None else _asks(desk, guest)


async def accept(desk: Desk) -> web.StreamResponse:
    guest = await _guest(desk)
    if guest is None:
        return _is_over(desk)
    problems = refusals.of_password(desk.text("password"), desk.text("again"), guest.login)
    if problems:
        return _asks(desk, guest, problems)
    try:
        signed_in = await _accepted(desk)
    except Refused as refused:
        return _asks(desk, guest, [refusals.of_staff(refused)])
    if signed_in is None:
        return _is_over(desk)
    raise entering.go_on(desk, signed_in, "/")


async def _accepted(desk: Desk) -> SignedIn | None:
    """The password is hashed while no transaction is open."""
    language = desk.line("language")
    profile = Profile(desk.line("name"), language if language in languages() else spoken(), Look.SYSTEM)
    hashed = await desk.office.passwords.hashed(desk.text("password"))
    acceptance = Acceptance(profile, hashed, entering.browser(desk).name)
    async with desk.writing() as session:
        return await staff.accept(session, desk.office.second_factor, desk.at("token"), acceptance, desk.now)


async def _guest(desk: Desk) -> Guest | None:
    async with desk.reading() as session:
        return await staff.invited(session, desk.at("token"), desk.now)


def _is_over(desk: Desk) -> web.Response:
    return desk.page("invited_over.html", 404)


def _asks(desk: Desk, guest: Guest, problems: Sequence[Problem] = ()) -> web.Response:
    return desk.page(
        "invited.html",
        422 if problems else 200,
        problems=problems,
        guest=guest,
        name=desk.line("name") or guest.name,
        chosen=desk.line("language") or spoken(),
        every=languages(),
    )


routes = [
    get("/invited/{token}", show, Anyone.VISITORS),
    post("/invited/{token}", accept, Anyone.VISITORS),
]
