"""What runs in the town, in one piece."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot import serve
from demo.platforms.both import Platforms
from demo.town.clock import TownClock
from demo.town.scenery import TownContent
from handlers import processes
from handlers.processes import OpenProcess
from storage import Session

T = TypeVar("T")


class _Undone(Exception):
    """Takes back what has been written."""


@dataclass(frozen=True, slots=True)
class Town:
    """A Hearback, the platforms around it, the people, and the time."""

    parts: serve.Parts
    platforms: Platforms
    scenery: TownContent
    clock: TownClock
    url: str

    async def does(self, work: Callable[[Session, datetime], Awaitable[T]]) -> T:
        """What an organizer does, in one transaction; then what it put into the outbox may leave."""
        async with self.parts.database.writing() as session:
            done = await work(session, self.clock())
        await self.parts.hints.waker.wake()
        return done

    async def acts(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
        """What an organizer does in the town's process."""

        async def act(session: Session, now: datetime) -> T:
            return await work(session, await processes.named(session), now)

        return await self.does(act)

    async def rehearses(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
        """What the work gives, with everything that it wrote taken back."""
        results: list[T] = []
        with suppress(_Undone):
            async with self.parts.database.writing() as session:
                results.append(await work(session, await processes.named(session), self.clock()))
                raise _Undone
        return results[0]

    async def looks(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """What somebody looks up."""
        async with self.parts.database.reading() as session:
            return await work(session)
