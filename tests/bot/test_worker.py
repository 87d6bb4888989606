"""What a worker does besides sending: every broadcast has its turn."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot import serve
from bot.worker import GONE
from broadcast import expand as expanding
from storage import Database, Keyring, broadcasts
from storage.tables import delivery
from tests.storage.rows import NOW, announce, meet


async def test_a_long_walk_of_one_broadcast_holds_up_no_other(
    database_url: str, database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "BATCH", 1)
    monkeypatch.setattr(expanding, "MANY", 1)
    async with database.writing() as session:
        for number in range(5):
            await meet(session, keys, f"7{number}")
        paused = await announce(session, "old", made=NOW)
        await broadcasts.pause(session, paused.id)
        new = await announce(session, "new", made=NOW)
    closing = asyncio.Event()

    def clock() -> datetime:
        closing.set()
        return NOW

    async with serve.parts(serve.Setup(database_url, keys, {}, clock)) as parts:
        await parts.worker.expand(closing)
    async with database.reading() as session:
        made = select(func.count()).where(delivery.c.broadcast_id == new.id)
        assert (await session.execute(made)).scalar_one() == 1


async def test_workers_know_of_each_other_without_redis(database_url: str, database: Database, keys: Keyring) -> None:
    now = NOW

    async with (
        serve.parts(serve.Setup(database_url, keys, {}, lambda: now)) as first,
        serve.parts(serve.Setup(database_url, keys, {}, lambda: now)) as second,
    ):
        for parts, workers in ((first, 1), (second, 2), (first, 2)):
            await parts.worker.keep_house()
            assert parts.hints.schedules.workers == workers
        now = NOW + GONE
        await first.worker.keep_house()
        assert first.hints.schedules.workers == 1
