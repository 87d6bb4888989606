"""A hint that there is something to send: losing one costs half a second, never a message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Rings for everybody in this process."""

    def __init__(self) -> None:
        self._heard: set[asyncio.Event] = set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever it rings; who waits for it clears it."""
        heard = asyncio.Event()
        self._heard.add(heard)
        try:
            yield heard
        finally:
            self._heard.discard(heard)

    async def ring(self) -> None:
        """There is something to send. Never raises and never waits: the poll finds it anyway."""
        self.here()

    async def carry(self) -> None:
        """Ring here when another process rings, for as long as this runs."""

    def here(self) -> None:
        """Ring in this process only."""
        for heard in self._heard:
            heard.set()
