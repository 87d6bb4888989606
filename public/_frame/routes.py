"""What answers at which public address, and how: whoever reads there is nobody to us."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web

from locales import languages, speaking, until_corrected, wording
from public._frame import pages
from public._frame.copies import A_WHILE, BY_READER, HEADERS, Copy, answered, refused
from public._frame.readers import preferred
from public._frame.source import Source
from public._frame.visits import Visit

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SLUG = "/r/{slug:[a-z0-9-]+}"
IN_LANGUAGE = SLUG + "/{language:[a-z]+}"


async def nothing_else(_visit: Visit) -> Hashable:
    """The page follows from what the wall follows from."""
    return None


@dataclass(frozen=True, slots=True)
class Route:
    """One address, and the page that stands there in each language of a process."""

    below: str
    """What stands in the address behind the language."""
    make: Callable[[Visit], Awaitable[Copy]]
    follows: Callable[[Visit], Awaitable[Hashable]] = nothing_else
    """What the page follows from besides the wall. Raises `HTTPNotFound` where there is no such page."""

    @property
    def path(self) -> str:
        return IN_LANGUAGE + self.below


def served(source: Source, route: Route) -> Handler:
    """The route as aiohttp calls it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await _answer(source, route, request)
        except web.HTTPNotFound:
            response = _nothing(request)
        return _over_tls(source, response)

    return answer


def in_any_language(source: Source) -> Handler:
    """An address without a language leads to the page in the one that the reader's browser asks for."""

    async def answer(request: web.Request) -> web.StreamResponse:
        now, slug = source.clock(), request.match_info["slug"]
        version = await source.version(slug, now)
        if version is None:
            return _over_tls(source, _nothing(request))
        wall = await source.wall(version, now)
        language = preferred(request.headers.get("Accept-Language", ""), wall.process.content.languages)
        below = request.path.removeprefix(f"/r/{slug}")
        where = {"Location": f"/r/{slug}/{language}{below}", "Cache-Control": A_WHILE, "Vary": BY_READER}
        return _over_tls(source, web.Response(status=302, headers=HEADERS | where))

    return answer


def nothing(source: Source) -> Handler:
    """Every other address below ours."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return _over_tls(source, _nothing(request))

    return answer


async def _answer(source: Source, route: Route, request: web.Request) -> web.StreamResponse:
    now, parts = source.clock(), request.match_info
    version = await source.version(parts["slug"], now)
    if version is None:
        raise web.HTTPNotFound
    wall = await source.wall(version, now)
    if parts["language"] not in wall.process.content.languages:
        raise web.HTTPNotFound
    visit = Visit(source, version, wall, parts["language"], request.path, dict(parts), now)
    follows = await route.follows(visit)

    async def make() -> Copy:
        with speaking(visit.language):
            return await route.make(visit)

    return answered(await source.copies.of(visit.path, (version, wording(), follows), now, make), request)


def _nothing(request: web.Request) -> web.Response:
    return refused(_copy_of_nothing(preferred(request.headers.get("Accept-Language", ""), languages())), request)


@until_corrected
@lru_cache(maxsize=64)
def _copy_of_nothing(language: str) -> Copy:
    with speaking(language):
        return pages.nothing()


def _over_tls(source: Source, response: web.StreamResponse) -> web.StreamResponse:
    if source.public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
