"""A worker asks the platforms what it may have missed, and does not wait for them when it is told to end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import serve
from channels import _wire, from_settings
from storage import Database, Keyring
from tests.storage.rows import NOW, meet, queue, row
from tests.waiting import PATIENCE

FIVE_MINUTES = timedelta(minutes=5)
OURS, ALICE = "+15005550001", "+15005550006"


@dataclass
class SilentTwilio:
    """Takes every request and answers none."""

    requested: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, _request: web.Request) -> web.Response:
        self.requested.set()
        await self.answers.wait()
        return web.Response()


@asynccontextmanager
async def silent_twilio() -> AsyncIterator[tuple[SilentTwilio, dict[str, str]]]:
    twilio, made = SilentTwilio(), web.Application()
    made.router.add_route("*", "/{any:.*}", twilio.answer)
    async with TestServer(made) as server:
        address = str(server.make_url("/")).rstrip("/")
        yield (
            twilio,
            {
                "PUBLIC_URL": "https://hearback.example",
                "TWILIO_ACCOUNT": "AC" + "0" * 32,
                "TWILIO_TOKEN": "f" * 32,
                "TWILIO_API": address,
                "TWILIO_CONTENT_API": address,
            },
        )
        twilio.answers.set()


@pytest.mark.parametrize(
    ("setting", "sender", "unknown"),
    [
        ("SMS_FROM", OURS, True),
        ("SMS_FROM", OURS, False),
        ("WHATSAPP_FROM", f"whatsapp:{OURS}", False),
    ],
    ids=["what became of ours", "what they wrote", "what is approved"],
)
async def test_a_platform_that_is_silent_does_not_hold_up_the_end(
    database_url: str, database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch, setting: str, sender: str,
    unknown: bool,
) -> None:  # fmt: skip
    # Nothing but being told to end may end the waiting.
    monkeypatch.setattr(_wire, "LONGEST", timedelta(seconds=PATIENCE * 100))
    name = ""
    if unknown:
        async with database.writing() as session:
            alice = await meet(session, keys, ALICE, channel="sms")
            name = await queue(session, alice, state="unknown", began=NOW - FIVE_MINUTES, ended=NOW.date())
    closing = asyncio.Event()
    async with silent_twilio() as (twilio, environment):
        channels = from_settings(environment | {setting: sender})
        async with serve.parts(serve.Setup(database_url, keys, channels, lambda: NOW)) as parts:
            working = asyncio.create_task(parts.worker.run(closing))
            async with asyncio.timeout(PATIENCE):
                await twilio.requested.wait()
                closing.set()
                await working
    if unknown:
        async with database.reading() as session:
            assert (await row(session, name)).state == "unknown"
