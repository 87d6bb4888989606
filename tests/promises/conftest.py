"""The stage on which victims die, on both databases."""

from collections.abc import AsyncIterator

import pytest

from storage import Database
from tests.promises.stage import Stage, stage
from tests.storage.rows import opened


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Stage]:
    async with stage(database_url) as made:
        yield made


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made
