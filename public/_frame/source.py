"""What public pages are made from: the records, the senders, the clock, and what of them is remembered for a while."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from channels import Channel, Misconfigured
from channels.messages import Entrance, NotSent
from handlers import walls
from handlers.walls import Wall, Way
from public._frame.copies import Copy
from public._frame.shelves import Shelf
from storage import Database
from storage.walls import Version

HOLDS = timedelta(seconds=2)
"""So long nobody looks again whether anything has changed."""
LASTS = timedelta(minutes=10)
"""So long at most what was made stands: a day may have begun meanwhile."""
REMEMBERED = timedelta(minutes=1)
"""So long a platform is not asked again where a word is sent."""
PATIENCE = timedelta(seconds=3)
"""So long we wait for a platform's answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """Of one deployment."""

    database: Database
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    public_url: str = ""
    """The address under which all of it is reached from outside, "https://…"; "" on this computer only."""
    copies: Shelf[Copy] = field(default_factory=lambda: Shelf(LASTS, 1024), repr=False)
    """Finished pages, by their address."""
    _versions: Shelf[Mapping[str, Version]] = field(default_factory=lambda: Shelf(HOLDS, 1), repr=False)
    _walls: Shelf[Wall] = field(default_factory=lambda: Shelf(LASTS, 64), repr=False)
    _ways: Shelf[tuple[Way, ...]] = field(default_factory=lambda: Shelf(LASTS, 64), repr=False)
    _entrances: Shelf[Entrance | None] = field(default_factory=lambda: Shelf(REMEMBERED, 256), repr=False)

    async def version(self, slug: str, now: datetime) -> Version | None:
        """How the process of this slug stands; None: it has no public pages. One statement for all, or none."""

        async def look() -> Mapping[str, Version]:
            async with self.database.reading() as session:
                found = {version.process.slug: version for version in await walls.versions(session)}
                if slug in found:
                    # In the same look at the records: to begin another one takes as long as a statement.
                    await self._walls.of(slug, found[slug], now, partial(walls.read, session, found[slug], now))
                return found

        return (await self._versions.of("all", None, now, look)).get(slug)

    async def wall(self, version: Version, now: datetime) -> Wall:
        """What stands there for everybody."""

        async def read() -> Wall:
            async with self.database.reading() as session:
                return await walls.read(session, version, now)

        return await self._walls.of(version.process.slug, version, now, read)

    async def ways(self, version: Version, wall: Wall, now: datetime) -> tuple[Way, ...]:
        """How people come in."""

        async def read() -> tuple[Way, ...]:
            async with self.database.reading() as session:
                return tuple(await walls.ways(session, wall.process))

        return await self._ways.of(version.process.slug, version, now, read)

    async def entrance(self, way: Way, now: datetime) -> Entrance | None:
        """Where its word is sent; None: the sender is not set up here, or its platform does not answer."""
        channel = self.channels.get(way.sender)
        if channel is None:
            return None

        async def ask() -> Entrance | None:
            try:
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    return await channel.entrance(way.word)
            except (NotSent, Misconfigured, TimeoutError):
                return None

        return await self._entrances.of((way.sender, way.word), None, now, ask)

    def whole(self, path: str) -> str:
        """The address of a page as it is passed on."""
        return self.public_url.rstrip("/") + path
