"""The style and the icon of public pages, under names that change with what is in them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from public._frame.copies import CSS, FOR_EVER, SVG, Copy, answered, copied

FOLDER = Path(__file__).resolve().parents[1] / "static"
KINDS = {".css": CSS, ".svg": SVG}
PATH = r"/r/{name:[a-z]+\.[0-9a-f]{12}\.(?:css|svg)}"
"""No slug has a dot."""


def address(name: str) -> str:
    """Where a file of `static` is fetched: "wall.css" as "/r/wall.5f3a….css"."""
    return f"/r/{_named(name)}"


async def answer(request: web.Request) -> web.StreamResponse:
    """The file itself. Whoever keeps it needs never ask again."""
    copy = _copies().get(request.match_info["name"])
    if copy is None:
        raise web.HTTPNotFound
    return answered(copy, request, FOR_EVER)


@cache
def _named(name: str) -> str:
    file = FOLDER / name
    return f"{file.stem}.{sha256(file.read_bytes()).hexdigest()[:12]}{file.suffix}"


@cache
def _copies() -> dict[str, Copy]:
    return {_named(file.name): copied(KINDS[file.suffix], file.read_bytes()) for file in sorted(FOLDER.iterdir())}
