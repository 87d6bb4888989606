"""A database of either kind with a process in it, and logging as it was before."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from storage import Database
from tests.promises.talking import begin
from tests.storage.rows import opened


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        await begin(made)
        yield made


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as made:
        await begin(made)
        yield made
