"""The console in a real browser, with a whole Hearback around it: who sits before it, and what they find there."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page

from console import site
from console._frame import tokens
from console._frame.routes import Anyone, Route
from handlers import staff
from handlers.staff import Grant
from storage import Keyring
from storage.roles import Role
from tests.browser.windows import Look, Windows
from tests.colleagues import signed_in
from tests.stories.town import StoryTown, town

HOME = "/p/regional-review"
PART = re.compile(r"\{(\w+)\}")
UNSEEN = {
    "/p/{slug}/rounds/{round}/live": "a part of the page of a round, which fetches it",
    "/p/{slug}/rounds/{round}/vote.json": "a file",
    "/p/{slug}/rounds/{round}/tally.py": "a file",
    "/p/{slug}/inbox/{contribution}/voice": "a sound, which the page of a voice note plays",
    "/p/{slug}/settings/doors/{sender}/{word}.svg": "a picture, which the page of the doors and the posters show",
    "/p/{slug}/tell/going/{broadcast}/live": "a part of the page of a broadcast, which fetches it",
    "/p/{slug}/exports/live": "a part of the page of files, which fetches it",
    "/p/{slug}/draws/{draw}/live": "a part of the page of a draw, which fetches it while it is drawn",
    "/p/{slug}/words/{language}.po": "a file",
    "/p/{slug}/words/{language}.xlf": "a file",
    "/words/catalogs/{language}.po": "a file",
}
"""What is fetched and is no page, and why."""


@dataclass
class Clock:
    """Goes as all clocks do, ahead of them as far as a test has moved it."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Console:
    """One, and the windows in which it is opened."""

    town: StoryTown
    windows: Windows
    clock: Clock

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.town.port}"

    async def visited(self, look: Look | None = None) -> Page:
        """Somebody whom nobody knows."""
        return await self.windows.open(self.site, look)

    async def signed_in(
        self, *roles: Role, look: Look | None = None, login: str | None = None, pending: bool = False
    ) -> Page:
        """Somebody new with these roles everywhere, who reads these pages in the language of their look.

        `pending`: they have given their password and nothing else.
        """
        look = look or Look()
        first, *more = roles or (Role.ORGANIZER,)
        async with self.town.parts.database.writing() as session:
            token = await signed_in(
                session,
                first,
                None,
                login=login,
                language=look.language,
                pending=pending,
                also=tuple(more),
                now=self.clock(),
            )
        page = await self.visited(look)
        await page.context.add_cookies([{"name": tokens.SIGN_IN, "value": token, "url": self.site}])
        return page

    async def invited(self, login: str, role: Role = Role.ORGANIZER, language: str = "en") -> str:
        """The address of an invitation."""
        async with self.town.parts.database.writing() as session:
            token = await staff.invite(session, None, login, Grant(None, role), language, self.clock())
        return f"/invited/{token}"

    async def at_every_kind(self, look: Look) -> Mapping[Anyone | None, Page]:
        """A window of everybody who opens pages; None: of who has all roles."""
        everything = await self.signed_in(*Role, look=look)
        return {
            None: everything,
            Anyone.STAFF: everything,
            Anyone.VISITORS: await self.visited(look),
            Anyone.HALF_SIGNED_IN: await self.signed_in(look=look, pending=True),
        }


@asynccontextmanager
async def console(database_url: str, keys: Keyring, windows: Windows) -> AsyncIterator[Console]:
    """One that is served until the block ends."""
    clock = Clock()
    async with town(database_url, keys, clock=clock) as running:
        yield Console(running, windows, clock)


def pages() -> list[Route]:
    """Everything that is opened in a window."""
    return [route for route in site.routes() if route.method == "GET" and route.path not in UNSEEN]


def path_of(route: Route, parts: Mapping[str, str]) -> str:
    """Raises KeyError where nothing is known that could stand there."""
    return PART.sub(lambda part: parts[part[1]], route.path)


def whose(route: Route) -> Anyone | None:
    """Who opens it; None: who has one of its roles."""
    return route.may if isinstance(route.may, Anyone) else None
