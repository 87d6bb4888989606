"""A house with its process open, and an office with staff, on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import storage
from handlers import processes
from storage import Database, Keyring
from tests.handlers.house import NOW, PROCESS, House
from tests.handlers.office import Office


@pytest.fixture
async def house(database_url: str, keys: Keyring) -> AsyncIterator[House]:
    async with _opened(database_url, keys) as house:
        yield house


@pytest.fixture
async def sqlite_house(sqlite_url: str, keys: Keyring) -> AsyncIterator[House]:
    async with _opened(sqlite_url, keys) as house:
        yield house


@pytest.fixture
async def postgresql_house(postgresql_url: str, keys: Keyring) -> AsyncIterator[House]:
    async with _opened(postgresql_url, keys) as house:
        yield house


@asynccontextmanager
async def _opened(url: str, keys: Keyring) -> AsyncIterator[House]:
    database = storage.open(url)
    try:
        async with database.writing() as session:
            process = await processes.begin(session, PROCESS, NOW)
        yield House(database, keys, process.id)
    finally:
        await database.close()


@pytest.fixture
def office(database: Database, keys: Keyring) -> Office:
    return Office(database, keys)
