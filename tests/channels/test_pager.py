"""A channel of which nothing but its file is there, through the whole program."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import serve
from bot.web import app
from channels import from_settings
from handlers import processes
from tests.channels.conftest import Door, Platform
from tests.channels.paged import SECRET, paged
from tests.review import KEYS, PROCESS
from tests.waiting import until


@dataclass
class Carrying:
    """Somebody with a pager, and the company that carries what they say and hear."""

    door: Door
    platform: Platform
    events: Iterator[int] = field(default_factory=itertools.count)

    async def says(self, words: str) -> str:
        """Gives what they hear next."""
        before = len(self.platform.requests)
        page = {"id": f"P-{next(self.events)}", "pager": "4711", "words": words}
        assert await self.door.pager(msgspec.json.encode(page)) == 200

        async def answered() -> bool:
            return len(self.platform.requests) > before

        await until(answered)
        return self.platform.form()["text"]


@pytest.fixture
async def somebody(sqlite_url: str, platform: Platform) -> AsyncIterator[Carrying]:
    closing = asyncio.Event()
    with paged():
        every = from_settings({"PAGER_API": platform.address, "PAGER_SECRET": SECRET})
        async with serve.parts(serve.Setup(sqlite_url, KEYS, every, lambda: datetime.now(UTC))) as parts:
            async with parts.database.writing() as session:
                await processes.begin(session, PROCESS, datetime.now(UTC))
            working = asyncio.create_task(parts.worker.run(closing))
            client: TestClient[web.Request, web.Application]
            async with TestClient(TestServer(app(parts.endpoints))) as client:
                yield Carrying(Door(client, [], []), platform)
            closing.set()
            await working


async def test_people_share_what_should_change(somebody: Carrying) -> None:
    terms = await somebody.says("hello")
    assert "The company that carries these messages can read them." in terms
    question = await somebody.says("1")
    assert "Answer in your own words." in question
    assert "voice" not in question
    assert "Thank you." in await somebody.says("Interpreters at the clinic")


async def test_the_words_of_its_carrier_are_heard_and_told(somebody: Carrying) -> None:
    await somebody.says("hello")
    await somebody.says("1")
    await somebody.says("menu")
    assert "We did not understand." in await somebody.says("roger")
    assert "Send READY to come back" in await somebody.says("Over!")
    assert "What would you like to do?" in await somebody.says("roger")
