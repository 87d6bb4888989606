"""A real browser, which each process of the run starts once, when a test first needs it, and windows of it."""

from collections.abc import AsyncIterator
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from servers import chromium
from storage import Keyring
from tests.browser import consoles
from tests.browser.consoles import Console
from tests.browser.windows import Windows
from tests.waiting import PATIENCE

HERE = Path(__file__).parent

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser belongs to the loop it was started in: all tests here run in one."""
    for item in items:
        if item.path.is_relative_to(HERE) and iscoroutinefunction(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium.running() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser) -> AsyncIterator[Windows]:
    """Fails the test when anything went wrong in one of them."""
    opened = Windows(browser)
    yield opened
    await opened.close()
    assert opened.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def console(sqlite_url: str, keys: Keyring, windows: Windows) -> AsyncIterator[Console]:
    """What a browser shows is the same on either database."""
    async with consoles.console(sqlite_url, keys, windows) as opened:
        yield opened
