"""The stage on which programs die, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Database
from tests.programs.stage import stage
from tests.promises.stage import TWO_AT_ONCE, Scene
from tests.storage.rows import opened


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with stage(Scene, tmp_path, database_url, pace=TWO_AT_ONCE) as made:
        yield made


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made
