"""The public pages of a house, what stands around them, and readers whom nobody knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import storage
from bot.housekeeping import Housekeeping
from broadcast.wake import Waker
from channels import Channel
from channels.carriers import ANY_CARRIER, Carrier
from channels.messages import Entrance, NotSent
from handlers import matters, processes, public_counts, responses, results
from handlers.matters import Draft
from handlers.writing import contents
from public import site
from public._frame.source import HOLDS, Source
from storage import Keyring
from storage import senders as stored_senders
from tests.handlers.house import NOW, PROCESS, House
from tests.public.reading import Read, Seen

TITLE = {"en": "Interpreters at clinics", "fr": "Des interprètes dans les cliniques", "ar": "مترجمون في العيادات"}
ANSWER = contents.Response("taken_up", {"en": "Article 4 of the draft says so.", "fr": "L’article 4 le dit."})
STAFF = "staff-1"


@dataclass
class Counter:
    """A sender that counts how often it is asked where a word is sent."""

    kind: str
    number: str = ""
    carrier: Carrier = ANY_CARRIER
    asked_for: int = 0
    is_away: bool = False

    async def entrance(self, word: str) -> Entrance:
        self.asked_for += 1
        if self.is_away:
            raise NotSent("away")
        return Entrance(f"https://{self.kind}.example/{word}", self.number)


@dataclass
class Front:
    """What is served, and who sees to it."""

    house: House
    source: Source
    client: TestClient[Any, Any]
    senders: dict[str, Counter]

    async def opens(self, path: str, **headers: str) -> Read:
        """Somebody opens an address, without being led on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(path, headers=named, allow_redirects=False) as answer:
            body = (await answer.read()).decode()
            return Read(answer.status, answer.headers, body, Seen(body))

    async def later(self, pause: timedelta = HOLDS) -> None:
        """Time passes, and the house is kept."""
        self.house.now += pause
        housekeeping = Housekeeping(self.house.database, self.house.keys, {}, Waker())
        await housekeeping._count(self.house.now)

    async def opened(self, *names: str, draft: Draft | None = None) -> str:
        """A matter with these contributions in it; public unless the draft says otherwise."""
        draft = draft or Draft(TITLE, is_public=True)
        name = await self.house.acts(
            lambda session, process, now: matters.open_one(session, process, draft, names, STAFF, now)
        )
        await self.later()
        return name

    async def changes(self, matter: str, draft: Draft) -> None:
        await self.house.acts(lambda session, process, now: matters.change(session, process, matter, draft, now))
        await self.later()

    async def responds(self, *names: str, response: contents.Response = ANSWER) -> str:
        whole = replace(response, matters=names)
        published = await self.house.acts(lambda session, process, now: responses.publish(session, process, whole, now))
        await self.later()
        return published.id

    async def tells(self, response: str, text: str, link: str = "") -> None:
        result = contents.Result(response, "in_draft", {"en": text}, self.house.now.date(), link=link)
        await self.house.acts(lambda session, process, now: results.publish(session, process, result, now))
        await self.later()

    async def counts(self) -> None:
        """As the housekeeping does."""
        async with self.house.database.writing() as session:
            await public_counts.take_due(session, self.house.now)


@pytest.fixture
async def front(database_url: str, keys: Keyring) -> AsyncIterator[Front]:
    async with opened(database_url, keys) as front:
        yield front


@pytest.fixture
async def sqlite_front(sqlite_url: str, keys: Keyring) -> AsyncIterator[Front]:
    """For what no database decides."""
    async with opened(sqlite_url, keys) as front:
        yield front


@asynccontextmanager
async def opened(url: str, keys: Keyring) -> AsyncIterator[Front]:
    database = storage.open(url)
    async with database.writing() as session:
        process = await processes.begin(session, PROCESS, NOW)
        await stored_senders.keep(session, {"telegram": "telegram", "sms": "sms"})
    house = House(database, keys, process.id)
    senders = {"telegram": Counter("telegram"), "sms": Counter("sms", "+12025550100")}
    source = Source(database, cast("dict[str, Channel]", senders), lambda: house.now, "https://hear.example")
    application = web.Application()
    site.add(application, source)
    try:
        async with TestClient(TestServer(application), auto_decompress=True) as client:
            yield Front(house, source, client, senders)
    finally:
        await database.close()
