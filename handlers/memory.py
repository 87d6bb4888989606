"""What takes long to count is remembered for a while: on a page it is said to be about so many."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 64
"""So many are remembered; of more, those that were counted first are forgotten."""


class Memory(Generic[K, V]):
    """Of one program: another one may have counted a moment sooner or later."""

    def __init__(self, lasts: timedelta = timedelta(minutes=2)) -> None:
        self.lasts = lasts
        self._counted: dict[K, tuple[datetime, V]] = {}

    async def of(self, key: K, now: datetime, count: Callable[[], Awaitable[V]]) -> V:
        """What was counted for this a short time ago; else it is counted."""
        counted = self._counted.get(key)
        if counted is not None and counted[0] <= now < counted[0] + self.lasts:
            return counted[1]
        value = await count()
        self._counted.pop(key, None)
        while len(self._counted) >= MOST:
            self._counted.pop(next(iter(self._counted)))
        self._counted[key] = (now, value)
        return value
