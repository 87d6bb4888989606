"""Waiting for something to become true that nobody announces."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 60.0
"""Seconds: only a failure takes them."""


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.005)
