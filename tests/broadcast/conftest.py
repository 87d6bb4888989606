"""Schedules here and in Redis, and a database of one kind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

import servers
from broadcast.pace import LocalPace, Schedules
from broadcast.pace.afar import connected
from broadcast.pace.shared import SharedPace
from storage import Database
from tests.storage.rows import opened


@dataclass(frozen=True, slots=True)
class Kept:
    """Schedules, their clock in seconds, and how to let it go on."""

    schedules: Schedules
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


class Dial:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture(params=["here", "shared"])
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    if request.param == "here":
        dial = Dial()
        yield Kept(LocalPace(dial), dial, dial.sleep)
        return
    redis = connected(request.getfixturevalue("one_redis_url"))
    try:
        yield Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep)
    finally:
        await redis.aclose()


@pytest.fixture
def one_redis_url(run_folder: Path, worker: str) -> str:
    """A Redis: that Valkey keeps the same schedules is tested apart, once."""
    address = servers.address(run_folder, servers.REDIS, worker)
    servers.flush(address)
    return f"redis://{address}/0"


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as made:
        yield made
