"""The stage on which programs die, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.programs.stage import stage
from tests.promises.stage import TWO_AT_ONCE, Scene


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with stage(Scene, tmp_path, database_url, pace=TWO_AT_ONCE) as made:
        yield made
