"""A finished page as it leaves: compressed once, known by its content, under headers that keep everybody else out."""

import gzip
from dataclasses import dataclass, field
from hashlib import sha256

from aiohttp import web

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_WHILE = "public, max-age=60, stale-while-revalidate=600"
FOR_EVER = "public, max-age=31536000, immutable"
BY_ENCODING, BY_READER = "Accept-Encoding", "Accept-Encoding, Accept-Language"
HTML, ATOM, SVG, CSS = "text/html", "application/atom+xml", "image/svg+xml", "text/css"
JSON, PYTHON = "application/json", "text/x-python"


@dataclass(frozen=True, slots=True)
class Copy:
    """One page. Two programs that make the same page give it the same tag."""

    kind: str
    compressed: bytes = field(repr=False)
    tag: str
    name: str = ""
    """What it may be called where it is saved; "": it is opened."""


def copied(kind: str, content: bytes, name: str = "") -> Copy:
    return Copy(kind, gzip.compress(content, compresslevel=6, mtime=0), sha256(content).hexdigest()[:24], name)


def answered(copy: Copy, request: web.Request, keep: str = A_WHILE) -> web.Response:
    """The copy; 304 for whoever has it."""
    headers = {**HEADERS, "Cache-Control": keep, "Vary": BY_ENCODING, "ETag": f'W/"{copy.tag}"'}
    if any(tag.value == copy.tag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return _whole(copy, request, 200, headers)


def refused(copy: Copy, request: web.Request) -> web.Response:
    """A page that says that there is nothing."""
    return _whole(copy, request, 404, {**HEADERS, "Cache-Control": A_WHILE, "Vary": BY_READER})


def _whole(copy: Copy, request: web.Request, status: int, headers: dict[str, str]) -> web.Response:
    headers["Content-Type"] = f"{copy.kind}; charset=utf-8"
    if copy.name:
        headers["Content-Disposition"] = f'attachment; filename="{copy.name}"'
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=gzip.decompress(copy.compressed), status=status, headers=headers)
    return web.Response(body=copy.compressed, status=status, headers=headers | {"Content-Encoding": "gzip"})
