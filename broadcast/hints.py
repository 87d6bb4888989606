"""What workers tell each other: with Redis between processes, without it inside this one. All of it may be lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from broadcast.pace import LocalPace, Schedules
from broadcast.wake import Waker
from broadcast.watch import Observe, unobserved


@dataclass(frozen=True, slots=True)
class Hints:
    """That there is something to send, and how fast it may leave."""

    waker: Waker
    schedules: Schedules


@asynccontextmanager
async def hints(redis_url: str, seconds: Callable[[], float], observe: Observe = unobserved) -> AsyncIterator[Hints]:
    """The hints of a deployment; "" for one that has a single process and no Redis. `seconds` only grow."""
    if not redis_url:
        yield Hints(Waker(), LocalPace(seconds))
        return
    # Redis' own library takes 6 MB, and the smallest deployment has none.
    from broadcast.pace.afar import shared

    async with shared(redis_url, seconds, observe) as (waker, schedules):
        yield Hints(waker, schedules)
