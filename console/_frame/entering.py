"""What the pages share by which somebody enters: from where they come, and the token by which they go on."""

from dataclasses import replace
from ipaddress import ip_address

from aiohttp import web

from console._frame import tokens
from console._frame.desks import Desk, see
from console._frame.guard import SECOND, own_path
from handlers import browsers, signing_in
from handlers.signing_in import Attempt, Browser, Refusal, SignedIn

FORWARDED = "X-Forwarded-For"


def client(desk: Desk) -> str:
    """The address on the net that a request comes from.

    Where TLS ends in a proxy on this computer, the proxy says it last; whatever stands before may be anybody's.
    """
    remote = desk.request.remote or ""
    if not (desk.office.is_secure and _is_here(remote)):
        return remote
    forwarded = ",".join(desk.request.headers.getall(FORWARDED, ()))
    return forwarded.rpartition(",")[2].strip() or remote


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def browser(desk: Desk) -> Browser:
    """What the browser is, and the token that it had."""
    name = browsers.named(desk.request.headers.get("User-Agent", ""))
    return Browser(name, tokens.kept(desk.office, desk.request, tokens.SIGN_IN))


async def attempt(desk: Desk, login: str) -> Attempt | Refusal:
    """Count a try; it stays counted whatever comes of it."""
    async with desk.writing() as session:
        return await signing_in.attempt(session, desk.office.keys, login, client(desk), desk.now)


def go_on(desk: Desk, signed_in: SignedIn, path: str) -> web.HTTPException:
    """The way to where they wanted to go, by another token than before."""
    ahead = {} if path == "/" else {"next": path}
    where = see(SECOND, **ahead) if signed_in.needs_second else see(path)
    keep(desk, where, signed_in.token)
    return where


def keep(desk: Desk, response: web.StreamResponse, token: str) -> None:
    """The browser keeps this token, and nothing of what it had as a visitor's."""
    tokens.keep(desk.office, response, tokens.SIGN_IN, token)
    tokens.drop(desk.office, response, tokens.VISIT)


def by(desk: Desk, token: str) -> Desk:
    """The desk for a page that is shown at once: its forms are bound to the new token."""
    return replace(desk, key=token)


def ahead(desk: Desk) -> str:
    """Where they wanted to go; never out of this site."""
    return own_path(desk.line("next") or desk.request.query.get("next", ""))
