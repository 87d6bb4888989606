"""The console on a database of either kind, with a process in it, and colleagues in front of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

import storage
from broadcast.wake import Waker
from console import site
from console._frame import tokens
from console.office import Office
from handlers import processes
from storage import Keyring
from storage.roles import Role
from tests.colleagues import signed_in
from tests.console.browser import Browser
from tests.handlers.office import Quick
from tests.review import PROCESS
from tests.storage.rows import NOW


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """The console, and who sits before it."""

    office: Office
    clock: Clock
    process: str
    """The id of the process."""
    browser: Callable[[], Awaitable[Browser]] = field(repr=False)

    async def visitor(self) -> Browser:
        return await self.browser()

    async def signed_in(
        self,
        role: Role = Role.ORGANIZER,
        languages: tuple[str, ...] = (),
        everywhere: bool = False,
        language: str = "en",
        login: str | None = None,
        also: tuple[Role, ...] = (),
    ) -> Browser:
        """Somebody new with this role, signed in by both factors."""
        visitor = await self.browser()
        async with self.office.database.writing() as session:
            process = None if everywhere else self.process
            token = await signed_in(
                session, role, process, languages, language=language, login=login, also=also, now=NOW
            )
        visitor.client.session.cookie_jar.update_cookies({tokens.SIGN_IN: token}, visitor.client.make_url("/"))
        return visitor


@pytest.fixture
async def town(database_url: str, keys: Keyring) -> AsyncIterator[Town]:
    async with opened(database_url, keys) as town:
        yield town


@pytest.fixture
async def sqlite_town(sqlite_url: str, keys: Keyring) -> AsyncIterator[Town]:
    """For what no database decides."""
    async with opened(sqlite_url, keys) as town:
        yield town


@asynccontextmanager
async def opened(url: str, keys: Keyring) -> AsyncIterator[Town]:
    database = storage.open(url)
    application = web.Application()
    clock = Clock()
    office = Office(database, keys, {}, clock, Waker(), passwords=Quick())
    site.add(application, office)
    clients: list[TestClient[Any, Any]] = []

    async def browser() -> Browser:
        clients.append(TestClient(server, cookie_jar=CookieJar(unsafe=True)))
        return Browser(clients[-1])

    try:
        async with TestServer(application) as server:
            async with database.writing() as session:
                process = await processes.begin(session, PROCESS, NOW)
            yield Town(office, clock, process.id, browser)
            for client in clients:
                await client.session.close()
    finally:
        await database.close()
