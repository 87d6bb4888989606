"""The town that stories happen in, on both databases."""

from collections.abc import AsyncIterator

import pytest

from storage import Keyring
from tests.stories.town import StoryTown, town


@pytest.fixture
async def square(database_url: str, keys: Keyring) -> AsyncIterator[StoryTown]:
    """A running town with its process open."""
    async with town(database_url, keys) as running:
        yield running
