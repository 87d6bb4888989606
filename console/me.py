"""What members of staff have of their own: name, language and look, where they are signed in, how they sign in."""

from collections.abc import Sequence

from aiohttp import web

from console import second_factors
from console._frame import entering, refusals
from console._frame.desks import Desk, see
from console._frame.guard import SECOND, SIGN_IN
from console._frame.refusals import Problem
from console._frame.routes import Anyone, get, post
from handlers import enrolling, signing_in, staff
from handlers.staff import Look, Profile, Refused
from locales import languages

ME = "/me"


async def show(desk: Desk) -> web.StreamResponse:
    return await _shown(desk, Profile(desk.who.name, desk.who.language, desk.who.look))


async def keep(desk: Desk) -> web.StreamResponse:
    """Their name, language and look."""
    who, language, look = desk.who, desk.line("language"), desk.line("look")
    profile = Profile(
        desk.line("name"),
        language if language in languages() else who.language,
        Look(look) if look in tuple(Look) else who.look,
    )
    try:
        async with desk.writing() as session:
            await staff.change_profile(session, who, profile)
    except Refused as refused:
        return await _shown(desk, profile, [refusals.of_staff(refused)])
    raise see(ME, done="profile")


async def change_password(desk: Desk) -> web.StreamResponse:
    """The new one is hashed while no transaction is open."""
    password = desk.text("password")
    problems = refusals.of_password(password, desk.text("again"), desk.who.login)
    if problems:
        return await _shown(desk, Profile(desk.who.name, desk.who.language, desk.who.look), problems)
    hashed = await desk.office.passwords.hashed(password)
    async with desk.writing() as session:
        token = await signing_in.change_password(session, desk.who, hashed, desk.now)
    if not token:
        raise see(SIGN_IN)
    changed = see(ME, done="password")
    entering.keep(desk, changed, token)
    raise changed


async def another_second(desk: Desk) -> web.StreamResponse:
    """A second factor in place of the one that they have, or their first; theirs once a code of it is given."""
    async with desk.writing() as session:
        await enrolling.offer_second(session, desk.office.keys, desk.who, desk.now)
    raise see(SECOND, next=ME)


async def other_codes(desk: Desk) -> web.StreamResponse:
    """Codes on paper in place of those that they had."""
    async with desk.reading() as session:
        standing = await enrolling.standing(session, desk.office.keys, desk.who)
    if not standing.has_second:
        raise see(ME)
    async with desk.writing() as session:
        codes = await enrolling.renew_codes(session, desk.office.keys, desk.who, desk.now)
    if not codes:
        raise see(SIGN_IN)
    return second_factors.codes(desk, codes, ME)


async def end(desk: Desk) -> web.StreamResponse:
    """In one browser."""
    async with desk.writing() as session:
        is_ended = await signing_in.end(session, desk.who, desk.at("sign_in"))
    if not is_ended:
        raise web.HTTPNotFound
    raise see(ME, done="ended")


async def end_others(desk: Desk) -> web.StreamResponse:
    """Everywhere but here."""
    async with desk.writing() as session:
        await signing_in.end_others(session, desk.who)
    raise see(ME, done="ended")


async def _shown(desk: Desk, profile: Profile, problems: Sequence[Problem] = ()) -> web.Response:
    async with desk.reading() as session:
        standing = await enrolling.standing(session, desk.office.keys, desk.who)
        own = await signing_in.own(session, desk.who, desk.now)
    return desk.page(
        "me.html",
        422 if problems else 200,
        problems=problems,
        profile=profile,
        standing=standing,
        own=own,
        every=languages(),
        is_confirmed=signing_in.is_confirmed(desk.who.sign_in, desk.now),
    )


routes = [
    get(ME, show, Anyone.STAFF),
    post(ME, keep, Anyone.STAFF),
    post("/me/password", change_password, Anyone.STAFF, confirmed=True),
    post("/me/second", another_second, Anyone.STAFF, confirmed=True),
    post("/me/codes", other_codes, Anyone.STAFF, confirmed=True),
    post("/me/sign-ins/end", end_others, Anyone.STAFF),
    post("/me/sign-ins/{sign_in}/end", end, Anyone.STAFF),
]
