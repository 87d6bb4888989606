"""The few files that pages need beside themselves: compressed once, under names that change with what is in them."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).resolve().parents[1] / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
PATH = "/console/{name}"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it leaves."""

    kind: str
    compressed: bytes
    plain: bytes


def address(name: str) -> str:
    """Where a file of `static` is fetched: "frame.css" as "/console/frame.5f3a….css"."""
    return f"/console/{_named(name)}"


async def answer(request: web.Request) -> web.StreamResponse:
    """The file itself. Whoever keeps it needs never ask again."""
    asset = _assets().get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": f"{asset.kind}; charset=utf-8",
        "Cache-Control": FOR_EVER,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=asset.plain, headers=headers)
    return web.Response(body=asset.compressed, headers=headers | {"Content-Encoding": "gzip"})


@cache
def _named(name: str) -> str:
    file = FOLDER / name
    return f"{file.stem}.{sha256(file.read_bytes()).hexdigest()[:12]}{file.suffix}"


@cache
def _assets() -> dict[str, Asset]:
    files = [file for file in sorted(FOLDER.iterdir()) if file.suffix in KINDS]
    return {_named(file.name): _read(file) for file in files}


def _read(file: Path) -> Asset:
    plain = file.read_bytes()
    return Asset(KINDS[file.suffix], gzip.compress(plain, compresslevel=9, mtime=0), plain)
