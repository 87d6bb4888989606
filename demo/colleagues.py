"""Those who work at the town's review, and a way into the console as each of them: for the demo only."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from console._frame import tokens
from demo.posts import guarded
from demo.town.running import Town
from handlers import processes, signing_in, staff
from storage import Session, fresh, sign_ins
from storage import staff as stored
from storage.roles import Role
from storage.sign_ins import NewSignIn
from storage.staff import Grant, Look, NewStaff

STAYS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works there; nobody of this name exists."""

    login: str
    name: str
    work: str
    """What they do, as the page with the phones says it."""
    role: Role
    language: str = "en"
    """In which the console speaks to them."""
    translates: tuple[str, ...] = ()


WORKERS = (
    Worker("ines", "Inês", "Organizer", Role.ORGANIZER),
    Worker("kofi", "Kofi", "Second organizer, who approves", Role.ORGANIZER),
    Worker("lucie", "Lucie", "Translator, French", Role.TRANSLATOR, "fr", ("fr",)),
    Worker("salma", "Salma", "Translator, Arabic", Role.TRANSLATOR, "ar", ("ar",)),
    Worker("tomas", "Tomás", "Owner", Role.OWNER),
    Worker("wanda", "Wanda", "Auditor", Role.AUDITOR),
)


async def arrive(town: Town) -> None:
    """Those who are not there yet begin to work, in all of the town's processes."""
    async with town.parts.database.writing() as session:
        there = {colleague.login: colleague.id for colleague in await staff.everybody(session)}
        for worker in WORKERS:
            if worker.login not in there:
                new = NewStaff(fresh(), worker.login, worker.name, worker.language, Look.SYSTEM, town.clock())
                await stored.add(session, new)
                await stored.give(session, new.id, Grant(None, worker.role, worker.translates))


def routes(town: Town) -> list[web.AbstractRouteDef]:
    """Below /as: each signs in whoever sits before this computer, without a password."""

    async def sign_in(request: web.Request) -> web.StreamResponse:
        worker = next((worker for worker in WORKERS if worker.login == request.match_info["login"]), None)
        if worker is None:
            raise web.HTTPNotFound
        async with town.parts.database.writing() as session:
            token = await _signed_in(session, worker, town)
            slugs = [process.slug for process in await processes.every(session)]
        asks = request.query.get("process", "")
        # While the town is being built its processes are not there yet.
        location = f"/p/{asks}" if asks in slugs else "/"
        response = web.Response(status=303, headers={"Location": location})
        tokens.keep(town.parts.office, response, tokens.SIGN_IN, token)
        return response

    return [web.post("/as/{login}", guarded(sign_in))]


async def sign_in_first(town: Town, request: web.Request, response: web.Response) -> None:
    """Whoever opens the page and is nobody yet is the first of them. Not from a page of another site."""
    came_from = request.headers.get("Sec-Fetch-Site", "none")
    if tokens.kept(town.parts.office, request, tokens.SIGN_IN) or came_from not in ("none", "same-origin"):
        return
    async with town.parts.database.writing() as session:
        token = await _signed_in(session, WORKERS[0], town)
    tokens.keep(town.parts.office, response, tokens.SIGN_IN, token)


async def _signed_in(session: Session, worker: Worker, town: Town) -> str:
    """As if they had given both factors, and would give them again whenever they are asked; gives the token."""
    now = town.clock()
    who = next(colleague for colleague in await staff.everybody(session) if colleague.login == worker.login)
    token = signing_in.fresh_token()
    until = now + STAYS
    new = NewSignIn(signing_in.named(token), who.id, now, now, until, confirmed=until, second=True, browser="The demo")
    await sign_ins.begin(session, new)
    return token
