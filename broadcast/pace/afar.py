"""Between processes: the connection to Redis, and hints that reach all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from broadcast.pace.shared import SharedPace
from broadcast.wake import Waker
from broadcast.watch import Observe

CHANNEL = "hearback:wake"
PATIENCE = 1.0
"""Seconds. Redis only gives hints: the database is looked at before a later answer would come."""
LISTEN = 30.0
"""Seconds after which the connection is tried: one that is dead looks like one on which nothing is said."""


@asynccontextmanager
async def shared(
    redis_url: str, seconds: Callable[[], float], observe: Observe
) -> AsyncIterator[tuple[Waker, SharedPace]]:
    """The hints and the schedules of all who name the same Redis."""
    redis = connected(redis_url)
    waker = SharedWaker(redis)
    try:
        yield waker, SharedPace(redis, seconds, observe)
    finally:
        await waker.close()
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


class SharedWaker(Waker):
    """Wakes the senders of every process."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self._redis = redis
        self._waking: asyncio.Task[None] | None = None
        self._again = False

    async def wake(self) -> None:
        self.wake_here()
        self._again = True
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake())

    async def _wake(self) -> None:
        """Many hints while one is on its way are one more."""
        try:
            while self._again:
                self._again = False
                with suppress(RedisError, OSError):
                    await self._redis.publish(CHANNEL, b"")
        finally:
            self._waking = None

    async def relay(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    while True:
                        if await subscription.get_message(timeout=LISTEN):
                            self.wake_here()
            except (RedisError, OSError):
                await asyncio.sleep(1)

    async def close(self) -> None:
        """Let the last hint get through, or not."""
        if self._waking is not None:
            self._waking.cancel()
            with suppress(asyncio.CancelledError):
                await self._waking
