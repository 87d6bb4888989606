"""Who works here and what each may do: for the owners of one process, and for those of the whole deployment."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

import flows
from console._frame import entering, refusals
from console._frame.desks import Desk, see
from console._frame.refusals import Problem
from console._frame.routes import get, post
from handlers import processes, signing_in, staff
from handlers.processes import OpenProcess
from handlers.staff import Grant, Listed, Refused
from locales import N_, _, languages, spoken
from storage import Session
from storage.roles import Role

OWNERS = (Role.OWNER,)
EVERYWHERE = "/staff"
ROLES = {
    Role.OWNER: N_("Owner: sets the process up, and says who may do what"),
    Role.ORGANIZER: N_("Organizer: writes, sends and answers"),
    Role.MODERATOR: N_("Moderator: reads and gathers what people write"),
    Role.TRANSLATOR: N_("Translator: puts texts into their languages"),
    Role.CLERK: N_("Clerk: keeps the council's seats and rounds"),
    Role.CONTACT_POINT: N_("Contact point: reads sealed reports"),
    Role.AUDITOR: N_("Auditor: reads the journal and the counts"),
}


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """What somebody may do, and where."""

    grant: Grant
    process: OpenProcess | None
    """None: in all of the deployment."""
    may_be_taken: bool
    """On this page."""


@dataclass(frozen=True, slots=True)
class ShownMember:
    """Somebody who works here, with those grants that count on the page."""

    member: Listed
    grants: tuple[ShownGrant, ...]


async def show(desk: Desk) -> web.StreamResponse:
    return await _listed(desk)


async def invite(desk: Desk) -> web.StreamResponse:
    """Somebody new, with a first role."""
    grant = await _grant(desk)
    if grant is None:
        return await _listed(desk, [_no_role()])
    try:
        async with desk.writing() as session:
            language = desk.line("speaks") if desk.line("speaks") in languages() else spoken()
            token = await staff.invite(session, desk.who, desk.line("login"), grant, language, desk.now)
    except Refused as refused:
        return await _listed(desk, [refusals.of_staff(refused)])
    return _link(desk, desk.line("login"), token)


async def give(desk: Desk) -> web.StreamResponse:
    """A role to somebody who has a login; one that they have there already, in other languages."""
    grant = await _grant(desk)
    if grant is None:
        return await _listed(desk, [_no_role("to-role")])
    try:
        async with desk.writing() as session:
            token = await staff.give(session, desk.who, desk.line("to"), grant, desk.now)
    except Refused as refused:
        return await _listed(desk, [refusals.of_staff(refused)])
    raise _done(desk, "given", token)


async def take(desk: Desk) -> web.StreamResponse:
    shown = await _member(desk)
    place = (await _process_id(desk), desk.line("role"))
    theirs = [each.grant for each in shown.grants if (each.grant.process_id, each.grant.role) == place]
    if not theirs:
        raise web.HTTPNotFound
    try:
        async with desk.writing() as session:
            token = await staff.take(session, desk.who, shown.member.login, theirs[0], desk.now)
    except Refused as refused:
        return await _listed(desk, [refusals.of_staff(refused)])
    raise _done(desk, "taken", token)


async def reset(desk: Desk) -> web.StreamResponse:
    """They choose another password; and another second factor, where it is lost, too."""
    login = (await _member(desk)).member.login
    try:
        async with desk.writing() as session:
            token = await staff.reset(session, desk.who, login, desk.now, with_second=bool(desk.line("second")))
    except Refused as refused:
        return await _listed(desk, [refusals.of_staff(refused)])
    return _link(desk, login, token)


async def end(desk: Desk) -> web.StreamResponse:
    login = (await _member(desk)).member.login
    try:
        async with desk.writing() as session:
            await staff.end(session, desk.who, login, desk.now)
    except Refused as refused:
        return await _listed(desk, [refusals.of_staff(refused)])
    raise _done(desk, "ended")


async def _grant(desk: Desk) -> Grant | None:
    """What the form says; None: no role was chosen."""
    role = desk.line("role")
    if role not in tuple(Role):
        return None
    chosen = tuple(code for code in desk.many("language") if code in _languages(desk))
    return Grant(await _process_id(desk), Role(role), chosen)


async def _process_id(desk: Desk) -> str | None:
    """Of the page's own process, whatever the form says; else of that which was chosen; None: of all."""
    if desk.the_process is not None:
        return desk.process.id
    slug = desk.line("process")
    if not slug:
        return None
    async with desk.reading() as session:
        found = [process.id for process in await processes.every(session) if process.slug == slug]
    if not found:
        raise web.HTTPNotFound
    return found[0]


def _languages(desk: Desk) -> Sequence[str]:
    return languages() if desk.the_process is None else desk.process.content.languages


def _no_role(field: str = "role") -> Problem:
    return Problem(_("Choose a role."), field)


def _link(desk: Desk, login: str, token: str) -> web.Response:
    """Shown once: it is kept as a hash."""
    site = desk.office.public_url or f"{desk.request.scheme}://{desk.request.host}"
    days = staff.INVITED_FOR.days
    return desk.page("staff_link.html", login=login, link=f"{site}/invited/{token}", days=days, back=_base(desk))


def _done(desk: Desk, done: str, token: str = "") -> web.HTTPException:
    """Whoever changed their own roles goes on by another token."""
    response = see(_base(desk), done=done)
    if token:
        entering.keep(desk, response, token)
    return response


def _base(desk: Desk) -> str:
    return EVERYWHERE if desk.the_process is None else f"{desk.home}/settings/staff"


async def _member(desk: Desk) -> ShownMember:
    """Of the path, if they are on this page."""
    for shown in await _members(desk):
        if shown.member.id == desk.at("member") and shown.member.ended is None:
            return shown
    raise web.HTTPNotFound


async def _members(desk: Desk) -> list[ShownMember]:
    async with desk.reading() as session:
        return _shown(desk, await staff.everybody(session), await _processes(desk, session))


async def _processes(desk: Desk, session: Session) -> Sequence[OpenProcess]:
    """Those that the page is about."""
    return [desk.process] if desk.the_process else await processes.every(session)


def _shown(desk: Desk, everybody: Sequence[Listed], every: Sequence[OpenProcess]) -> list[ShownMember]:
    """All; on a process's page those who may do something in it, and nothing of what else they do."""
    by_id = {process.id: process for process in every}
    shown = [ShownMember(member, _grants(desk, member, by_id)) for member in everybody]
    return [each for each in shown if each.grants] if desk.the_process else shown


def _grants(desk: Desk, member: Listed, by_id: dict[str, OpenProcess]) -> tuple[ShownGrant, ...]:
    return tuple(
        ShownGrant(grant, by_id.get(grant.process_id or ""), staff.owns(desk.who, grant.process_id))
        for grant in member.grants
        if grant.process_id is None or grant.process_id in by_id
    )


async def _listed(desk: Desk, problems: Sequence[Problem] = ()) -> web.Response:
    async with desk.reading() as session:
        every = await _processes(desk, session)
        members = _shown(desk, await staff.everybody(session), every)
    return desk.page(
        "staff.html",
        422 if problems else 200,
        problems=problems,
        base=_base(desk),
        members=[shown for shown in members if shown.member.ended is None],
        ended=[shown for shown in members if shown.member.ended is not None],
        processes=every,
        every=_languages(desk),
        speaks=languages(),
        roles=ROLES,
        title_of=_title_of,
        is_confirmed=signing_in.is_confirmed(desk.who.sign_in, desk.now),
    )


def _title_of(process: OpenProcess) -> str:
    return flows.rendition(process.content.title, spoken(), process.content.languages).text


IN_PROCESS = "/p/{slug}/settings/staff"

routes = [
    get(EVERYWHERE, show, OWNERS),
    post("/staff/invite", invite, OWNERS, confirmed=True),
    post("/staff/give", give, OWNERS, confirmed=True),
    post("/staff/{member}/take", take, OWNERS, confirmed=True),
    post("/staff/{member}/reset", reset, OWNERS, confirmed=True),
    post("/staff/{member}/end", end, OWNERS, confirmed=True),
    get(IN_PROCESS, show, OWNERS),
    post(f"{IN_PROCESS}/invite", invite, OWNERS, confirmed=True),
    post(f"{IN_PROCESS}/give", give, OWNERS, confirmed=True),
    post(IN_PROCESS + "/{member}/take", take, OWNERS, confirmed=True),
]
