"""What every request of the console passes before its page: who is it, may they, and is the form one of ours."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

from aiohttp import web

from console._frame import pages, tokens
from console._frame.desks import Desk, Form, no_form, see
from console._frame.routes import Anyone, Route, grants_in, permits
from console.office import Office
from handlers import processes, signing_in, staff
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import ENGLISH, nearest, speaking
from storage import Session
from storage.sign_ins import Colleague

SIGN_IN, SECOND, CONFIRM = "/sign-in", "/second", "/confirm"
OURS = ("same-origin", "none")
"""What browsers say of requests that come from our own pages, or that somebody typed."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(office: Office, route: Route) -> Handler:
    """The route as aiohttp calls it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await _answer(office, route, request)
        except web.HTTPRedirection as elsewhere:
            elsewhere.headers.update({**pages.HEADERS, **elsewhere.headers})
            raise
        except web.HTTPException as refusal:
            response = _refused(office, request, refusal)
        if office.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if office.framed:
            pages.let_be_framed(response.headers)
        return response

    return answer


def _refused(office: Office, request: web.Request, refusal: web.HTTPException) -> web.StreamResponse:
    """A page that says so, in the reader's language as far as their browser tells it."""
    with speaking(_language(request, None)):
        response = Desk(office, request, office.clock(), "").page("refused.html", refusal.status, status=refusal.status)
    if "HX-Redirect" in refusal.headers:
        response.headers["HX-Redirect"] = refusal.headers["HX-Redirect"]
    return response


async def _answer(office: Office, route: Route, request: web.Request) -> web.StreamResponse:
    now = office.clock()
    token = tokens.kept(office, request, tokens.SIGN_IN)
    async with office.database.reading() as session:
        colleague = await staff.behind(session, token, now) if token else None
        visit = tokens.kept(office, request, tokens.VISIT)
        desk = Desk(office, request, now, token if colleague else visit or tokens.fresh(), colleague)
        with speaking(_language(request, colleague)):
            desk = await _admitted(session, desk, route)
            response = await route.answer(replace(desk, looking=session)) if route.method == "GET" else None
    if response is None:
        with speaking(_language(request, colleague)):
            response = await _taken(desk, route)
    if colleague is None and desk.key != visit:
        tokens.keep(office, response, tokens.VISIT, desk.key)
    if colleague and staff.is_to_be_seen(colleague.sign_in, now):
        async with office.database.writing() as session:
            await staff.seen(session, token, now)
    return response


def _language(request: web.Request, colleague: Colleague | None) -> str:
    """Their own; of visitors the first that their browser asks for and we have."""
    if colleague and colleague.language:
        return colleague.language
    asks = (part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(","))
    return next(filter(None, (nearest(tag) for tag in asks if tag)), ENGLISH)


async def _admitted(session: Session, desk: Desk, route: Route) -> Desk:
    """The desk of somebody who may open the route. Sends away whoever may not.

    A process in which they have no role is not there for them.
    """
    if route.may is Anyone.VISITORS:
        return desk
    colleague = desk.colleague
    if colleague is None:
        raise _to_sign_in(desk)
    if route.may is Anyone.HALF_SIGNED_IN:
        return desk
    if colleague.needs_second:
        raise see(SECOND)
    process = await _process(session, desk)
    grants = grants_in(colleague, None if process is None else process.id)
    if process is not None and not grants:
        raise web.HTTPNotFound
    if not permits(route.may, grants):
        raise web.HTTPForbidden
    if route.confirmed and not signing_in.is_confirmed(colleague.sign_in, desk.now):
        raise see(CONFIRM, next=_back(desk))
    return replace(desk, the_process=process, grants=grants)


def _to_sign_in(desk: Desk) -> web.HTTPException:
    """Where they wanted to go comes after it. A part of a page that is open goes there as a whole."""
    if desk.wants_part:
        return web.HTTPUnauthorized(headers={"HX-Redirect": SIGN_IN})
    if desk.request.method == "GET" and desk.request.path != "/":
        return see(SIGN_IN, next=desk.request.path_qs)
    return see(SIGN_IN)


async def _process(session: Session, desk: Desk) -> OpenProcess | None:
    slug = desk.request.match_info.get("slug")
    if slug is None:
        return None
    try:
        return await processes.shown(session, slug)
    except contents.Unfit:
        raise web.HTTPNotFound from None


def _back(desk: Desk) -> str:
    """The page that a form stood on."""
    return own_path(urlsplit(desk.request.headers.get("Referer", "")).path)


def own_path(path: str) -> str:
    """The same if it is a path of this site; else where everything begins: nobody is led elsewhere from here."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own and "\\" not in path else "/"


async def _taken(desk: Desk, route: Route) -> web.StreamResponse:
    """Raises `HTTPForbidden` for a form that is not one of ours."""
    if not _comes_from_us(desk.request):
        raise web.HTTPForbidden
    form = await _form(desk.request.clone(client_max_size=route.most))
    try:
        token = form.get(tokens.FIELD, "")
        if not (isinstance(token, str) and tokens.is_of(desk.key, token)):
            raise web.HTTPForbidden
        return await route.answer(replace(desk, form=form))
    finally:
        for value in form.values():
            if isinstance(value, web.FileField):
                value.file.close()


def _comes_from_us(request: web.Request) -> bool:
    """By what browsers say of it; those that say nothing say at least where it comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OURS
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


async def _form(request: web.Request) -> Form:
    if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise web.HTTPForbidden
    try:
        return await request.post()
    except (ValueError, UnicodeDecodeError):
        return no_form()
