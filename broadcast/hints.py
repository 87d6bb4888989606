"""What workers tell each other: with Redis between processes, without it inside this one. All of it may be lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from broadcast.pace import Here, Schedules
from broadcast.shared import Shared
from broadcast.wake import Bell
from broadcast.watch import Observe, unobserved

PATIENCE = 1.0
"""Seconds. It is a hint: who waits longer for it than for the thing itself waits in vain."""


@dataclass(frozen=True, slots=True)
class Hints:
    """That there is something to send, and how fast it may leave."""

    bell: Bell
    schedules: Schedules


@asynccontextmanager
async def hints(redis_url: str, seconds: Callable[[], float], observe: Observe = unobserved) -> AsyncIterator[Hints]:
    """The hints of a deployment; "" for one that has a single process and no Redis. `seconds` only grow."""
    if not redis_url:
        yield Hints(Bell(), Here(seconds))
        return
    redis = connected(redis_url)
    bell = Bell(redis)
    try:
        yield Hints(bell, Shared(redis, seconds, observe))
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
