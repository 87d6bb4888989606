"""What runs in the town, in one piece."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot import serve
from demo.platforms.both import Platforms
from demo.town.clock import TownClock
from demo.town.scenery import TownContent, TownProcess
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

    async def looks(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """What somebody looks up."""
        async with self.parts.database.reading() as session:
            return await work(session)

    def office(self, slug: str = "") -> "Office":
        """The organizer's, of the process of this slug, or of the first."""
        return Office(self, next(content for content in self.scenery.processes if slug in ("", content.slug)))


@dataclass(frozen=True, slots=True)
class Office:
    """From where one process of the town is run."""

    town: Town
    content: TownProcess

    async def acts(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
        """What the organizer does in this process."""

        async def act(session: Session, now: datetime) -> T:
            return await work(session, await processes.named(session, self.content.slug), now)

        return await self.town.does(act)

    async def rehearses(self, work: Callable[[Session, OpenProcess, datetime], Awaitable[T]]) -> T:
        """What the work gives, with everything that it wrote taken back."""
        results: list[T] = []
        with suppress(_Undone):
            async with self.town.parts.database.writing() as session:
                process = await processes.named(session, self.content.slug)
                results.append(await work(session, process, self.town.clock()))
                raise _Undone
        return results[0]

    async def looks(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """What the organizer looks up."""
        return await self.town.looks(work)
