"""A worker that is told to end sends what is under way, writes down what became of it, and begins nothing new."""

import asyncio
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from broadcast.sending import LONGEST_SEND
from channels.messages import Outgoing
from demo.platforms.accounts import TELEGRAM_TOKEN
from demo.serving import bound, serving
from servers.program import program
from storage import Keyring, Session, keys
from tests.storage.rows import Somebody, meet, opened, queue
from tests.waiting import PATIENCE

START = 60.0
SLOW = 3.0
"""Seconds in which this platform does not answer."""
PLATFORM = timedelta(seconds=30)
"""What the most impatient host gives a program between SIGTERM and SIGKILL."""


@dataclass
class SlowTelegram:
    """Takes a message, and says so when it is allowed to."""

    requested: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0

    async def send(self, _request: web.Request) -> web.Response:
        self.sent += 1
        self.requested.set()
        await self.may_answer.wait()
        message = {"message_id": 1, "date": 0, "chat": {"id": 70001, "type": "private"}}
        return web.json_response({"ok": True, "result": message})


@asynccontextmanager
async def slow_telegram() -> AsyncIterator[tuple[SlowTelegram, str]]:
    telegram, made = SlowTelegram(), web.Application()
    made.add_routes([web.post(f"/bot{TELEGRAM_TOKEN}/sendMessage", telegram.send)])
    async with serving(made, bound()) as url:
        yield telegram, url


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    (tmp_path / "safe").mkdir()
    keys.create(tmp_path / "safe" / "keys.json")
    return tmp_path / "safe" / "keys.json"


async def test_what_is_under_way_is_sent_and_written_down_and_nothing_new_is_begun(
    postgresql_url: str, key_file: Path
) -> None:
    keyring = keys.load(key_file)
    async with opened(postgresql_url) as database, slow_telegram() as (telegram, api):

        async def waits(sender: str) -> str:
            async with database.writing() as session:
                return await reply(session, keyring, sender)

        under_way = await waits("70001")
        environment = {
            "DATABASE_URL": postgresql_url,
            "HEARBACK_KEYS": str(key_file),
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API": api,
        }
        async with program("worker", environment=environment, errors=PIPE) as running:
            async with asyncio.timeout(START):
                await telegram.requested.wait()
            running.send_signal(signal.SIGTERM)
            await has_heard(running)
            later = await waits("70002")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(running.wait(), SLOW)
            telegram.may_answer.set()
            async with asyncio.timeout(PATIENCE):
                errors = (await running.communicate())[1].decode()
        assert (running.returncode, telegram.sent) == (0, 1), errors
        async with database.reading() as session:
            rows = await session.exec_driver_sql("SELECT id, state FROM delivery")
            assert {row.id: row.state for row in rows} == {under_way: "sent", later: "queued"}


async def has_heard(running: asyncio.subprocess.Process) -> None:
    """Until the signal has reached it: however busy the machine is, from then on it begins nothing."""
    assert running.stderr
    async with asyncio.timeout(PATIENCE):
        while b"told to end" not in await running.stderr.readline():
            pass


async def reply(session: Session, keyring: Keyring, sender: str) -> str:
    who: Somebody = await meet(session, keyring, sender)
    return await queue(session, who, Outgoing("hello").packed(), due=datetime.now(UTC))


def test_the_longest_send_leaves_time_to_write_down_what_became_of_it() -> None:
    assert LONGEST_SEND + timedelta(seconds=5) <= PLATFORM
