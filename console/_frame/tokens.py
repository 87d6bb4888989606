"""What a browser keeps of its sign-in, and what shows that a form is one of ours."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from aiohttp import web

from console.office import Office

SIGN_IN, VISIT = "hearback", "hearback-visit"
FIELD = "form-token"
"""The field of every form in which its token stands."""
SIZE = 32


def fresh() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(SIZE)


def kept(office: Office, request: web.Request, name: str) -> str:
    """What the browser keeps by this name; "": nothing."""
    return request.cookies.get(_full(office, name), "")[:128]


def keep(office: Office, response: web.StreamResponse, name: str, token: str) -> None:
    """Until the browser is closed. Over plain HTTP, on this computer alone, no browser takes the stricter kind."""
    response.set_cookie(_full(office, name), token, path="/", httponly=True, samesite="Strict", secure=office.is_secure)


def drop(office: Office, response: web.StreamResponse, name: str) -> None:
    response.del_cookie(_full(office, name), path="/", httponly=True, samesite="Strict", secure=office.is_secure)


def _full(office: Office, name: str) -> str:
    """No other host can set a cookie whose name begins so, and none without TLS."""
    return f"__Host-{name}" if office.is_secure else name


def masked(key: str) -> str:
    """The token for the forms of a page. It looks different each time: compressed pages tell nothing of it."""
    mask = secrets.token_bytes(SIZE)
    return urlsafe_b64encode(mask + _mixed(mask, _of(key))).decode()


def is_of(key: str, token: str) -> bool:
    """Whether a page that this browser was given holds this token."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    return len(raw) == 2 * SIZE and hmac.compare_digest(_mixed(raw[:SIZE], raw[SIZE:]), _of(key))


def _of(key: str) -> bytes:
    return sha256(b"hearback form|" + key.encode()).digest()


def _mixed(mask: bytes, text: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, text, strict=True))
