"""What takes work to make is kept until what it follows from changes: a crowd costs no more than its first reader."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """Something that was made."""

    value: V = field(repr=False)
    version: Hashable
    made: datetime


class Shelf(Generic[V]):
    """Things by name, each of its newest version only. `most`: of more, those made first are thrown away."""

    def __init__(self, lasts: timedelta, most: int) -> None:
        self._lasts = lasts
        self._most = most
        self._kept: dict[Hashable, Kept[V]] = {}
        self._making = asyncio.Lock()

    async def of(self, name: Hashable, version: Hashable, now: datetime, make: Callable[[], Awaitable[V]]) -> V:
        """What lies there in this version; else it is made, once, however many ask for it meanwhile."""
        kept = self._standing(name, version, now)
        if kept is None:
            async with self._making:
                kept = self._standing(name, version, now) or self._put(name, Kept(await make(), version, now))
        return kept.value

    def _standing(self, name: Hashable, version: Hashable, now: datetime) -> Kept[V] | None:
        kept = self._kept.get(name)
        if kept is None or kept.version != version or not kept.made <= now < kept.made + self._lasts:
            return None
        return kept

    def _put(self, name: Hashable, made: Kept[V]) -> Kept[V]:
        self._kept.pop(name, None)
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)))
        self._kept[name] = made
        return made
