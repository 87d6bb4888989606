"""A hint that there is something to send: losing one costs half a second, never a message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Waker:
    """Wakes every sender in this process."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that every hint sets, and that has to be cleared by hand."""
        woken = asyncio.Event()
        self._listeners.add(woken)
        try:
            yield woken
        finally:
            self._listeners.discard(woken)

    async def wake(self) -> None:
        """There is something to send. Never raises and never waits: the poll finds it anyway."""
        self.wake_here()

    async def relay(self) -> None:
        """Wake the senders here when another process has something to send, for as long as this runs."""

    def wake_here(self) -> None:
        """Wake the senders in this process only."""
        for woken in self._listeners:
            woken.set()
