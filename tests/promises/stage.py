"""The stage of the promises: programs that die at a point, and who comes after them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from broadcast.claiming import LEASE
from broadcast.pace import LOOK_AHEAD
from storage import broadcasts
from tests.programs.life import SOON, WORKER, Life
from tests.programs.stage import Stage
from tests.storage.rows import Somebody, states

TWO_AT_ONCE = (40.0, 2, 0.0)
IN_HAND = TWO_AT_ONCE[1] + ceil(LOOK_AHEAD * TWO_AT_ONCE[0]) + 1
"""How many deliveries a worker has claimed at most and not written down.

And one more, whose place comes while the first two are being sent.
"""
LATER = LEASE + timedelta(seconds=1)


@dataclass
class Scene(Stage):
    """A stage on which a program dies once, or again and again."""

    async def dies(self, point: str, is_: str = WORKER, **other: Any) -> None:
        """A program lives until it dies there."""
        life = self.life(is_, stops=point, **other)
        assert await life.stops_by_itself(SOON)
        await self.kill(life)

    async def is_killed_after(self, seconds: float) -> None:
        """A program that knows no point to die at is killed wherever it is by then."""
        life = self.life(WORKER)
        await asyncio.sleep(seconds)
        await self.kill(life)

    @asynccontextmanager
    async def successor(self, is_: str = WORKER, ahead: timedelta = LATER) -> AsyncIterator[Life]:
        """Who comes after: so much later that the leases of the dead are over."""
        self.machine.put(ahead)
        async with self.running(is_) as (life,):
            yield life

    async def queues(self, who: Somebody, *texts: str) -> list[str]:
        """Replies to somebody, in this order."""
        return [await self.writes(who, turn, text=text) for turn, text in enumerate(texts, 1)]

    async def each(self) -> dict[str, str]:
        """The state of every delivery."""
        async with self.database.reading() as session:
            return await states(session)

    async def counts(self, broadcast: str) -> Mapping[str, int]:
        async with self.database.reading() as session:
            return await broadcasts.counts(session, broadcast)

    def heard(self, who: Somebody) -> list[str]:
        return [bubble.text for bubble in self.platforms.telegram.chats.of(who.sender).ours()]

    @asynccontextmanager
    async def watched(self, broadcast: str, audience: int) -> AsyncIterator[None]:
        """At every look within the block the deliveries of a broadcast sum to its audience."""
        looks = [sum((await self.counts(broadcast)).values())]
        looking = asyncio.create_task(self._look(broadcast, looks))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        assert set(looks) == {audience}

    async def _look(self, broadcast: str, looks: list[int]) -> None:
        while True:
            looks.append(sum((await self.counts(broadcast)).values()))
            await asyncio.sleep(0.005)
