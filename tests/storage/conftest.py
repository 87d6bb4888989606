"""A database of one kind, and the keys to it."""

from collections.abc import AsyncIterator

import pytest

from storage import Database, Keyring
from tests.storage.rows import opened


@pytest.fixture
def keys() -> Keyring:
    return Keyring({1: bytes(range(32)), 2: bytes(range(32, 64))}, bytes(range(64, 96)))


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as found:
        yield found


@pytest.fixture
async def postgresql(postgresql_url: str) -> AsyncIterator[Database]:
    async with opened(postgresql_url) as found:
        yield found
