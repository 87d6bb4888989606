"""A hint that there is something to send: losing one costs half a second, never a message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "hearback:wake"
LISTEN = 30.0
"""Seconds after which the line is tried: one may listen for long on one that is dead."""


class Bell:
    """Rings for everybody in this process, and with Redis for every process."""

    def __init__(self, redis: Redis | None = None) -> None:
        self._redis = redis
        self._heard: set[asyncio.Event] = set()
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

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
        """There is something to send. Never raises and never waits for Redis: the poll finds it anyway."""
        self.here()
        if self._redis is None:
            return
        self._again = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring(self._redis))

    async def _ring(self, redis: Redis) -> None:
        """Many rings while one is on its way are one more."""
        try:
            while self._again:
                self._again = False
                with suppress(RedisError, OSError):
                    await redis.publish(CHANNEL, b"")
        finally:
            self._ringing = None

    async def carry(self) -> None:
        """Ring here when another process rings, for as long as this runs."""
        while self._redis is not None:
            try:
                async with self._redis.pubsub() as told:
                    await told.subscribe(CHANNEL)
                    while True:
                        if await told.get_message(timeout=LISTEN):
                            self.here()
            except (RedisError, OSError):
                await asyncio.sleep(1)

    def here(self) -> None:
        """Ring in this process only."""
        for heard in self._heard:
            heard.set()

    async def close(self) -> None:
        """Let the last ring get through, or not."""
        if self._ringing is not None:
            self._ringing.cancel()
            with suppress(asyncio.CancelledError):
                await self._ringing
