"""All public pages, put where they are opened."""

from aiohttp import web

from public import draws, feed, join, matter, matters, round, rounds, text, wall  # noqa: A004 the word of the field
from public._frame import assets
from public._frame.routes import SLUG, Route, in_any_language, nothing, served
from public._frame.source import Source

PAGES = (wall, matters, matter, feed, join, text, draws, rounds, round)
PASSED_ON = (SLUG, SLUG + "/join", SLUG + "/m/{matter:[0-9a-f]+}", SLUG + "/v/{round:[0-9a-f]+}")
"""Addresses without a language: for posters, and to be passed on to who reads another one."""


def routes() -> tuple[Route, ...]:
    return tuple(route for page in PAGES for route in page.routes)


def add(application: web.Application, source: Source) -> None:
    """Serve the public pages from this web app."""
    router = application.router
    router.add_get(assets.PATH, assets.answer)
    for path in PASSED_ON:
        router.add_get(path, in_any_language(source))
    for route in routes():
        router.add_get(route.path, served(source, route))
    router.add_get("/r/{elsewhere:.*}", nothing(source))
