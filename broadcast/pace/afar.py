"""Between processes: the connection to Redis, and a bell that is heard in all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from broadcast.pace.shared import Shared
from broadcast.wake import Bell
from broadcast.watch import Observe

CHANNEL = "hearback:wake"
PATIENCE = 1.0
"""Seconds. It is a hint: who waits longer for it than for the thing itself waits in vain."""
LISTEN = 30.0
"""Seconds after which the line is tried: one may listen for long on one that is dead."""


@asynccontextmanager
async def shared(redis_url: str, seconds: Callable[[], float], observe: Observe) -> AsyncIterator[tuple[Bell, Shared]]:
    """The bell and the schedules of all who name the same Redis."""
    redis = connected(redis_url)
    bell = FarBell(redis)
    try:
        yield bell, Shared(redis, seconds, observe)
    finally:
        await bell.close()
        await redis.aclose()


def connected(redis_url: str) -> Redis:
    pool = BlockingConnectionPool.from_url(
        redis_url,
        max_connections=50,
        timeout=PATIENCE,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        health_check_interval=30,
        # Once, at once: the line may have died while nobody used it. Its own default waits for seconds in between.
        retry=Retry(NoBackoff(), 1),
    )
    return Redis.from_pool(pool)


class FarBell(Bell):
    """Rings for every process."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self._redis = redis
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    async def ring(self) -> None:
        self.here()
        self._again = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        """Many rings while one is on its way are one more."""
        try:
            while self._again:
                self._again = False
                with suppress(RedisError, OSError):
                    await self._redis.publish(CHANNEL, b"")
        finally:
            self._ringing = None

    async def carry(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as told:
                    await told.subscribe(CHANNEL)
                    while True:
                        if await told.get_message(timeout=LISTEN):
                            self.here()
            except (RedisError, OSError):
                await asyncio.sleep(1)

    async def close(self) -> None:
        """Let the last ring get through, or not."""
        if self._ringing is not None:
            self._ringing.cancel()
            with suppress(asyncio.CancelledError):
                await self._ringing
