"""Files that staff asked for are made here, one at a time, and thrown away when nobody fetches them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.leftovers import private_folder
from handlers import processes
from handlers.exports.making import Look, Making
from storage import Database, Keyring, exports
from storage.exports import StoredExport

ALONE = timedelta(minutes=2)
"""A worker that has not said for so long how far it is has died: another one begins the file again."""
MOST_TRIES = 5
EVERY = timedelta(seconds=2)

log = structlog.get_logger()


class Taken(Exception):
    """The file is somebody else's by now, or is to be made anew."""


@dataclass(frozen=True, slots=True)
class Exporting:
    """What files are made from."""

    database: Database
    keys: Keyring = field(repr=False)
    maker: str
    """The name by which a worker's files are known."""
    clock: Callable[[], datetime]

    async def go_on(self) -> None:
        """Make the file that has waited longest, if there is one."""
        now = self.clock()
        async with self.database.reading() as session:
            if not await exports.waits(session, now):
                return
        async with self.database.writing() as session:
            export = await exports.claim(session, self.maker, now, now + ALONE)
        if export is None:
            return
        try:
            await self._make(export)
        except Taken:
            log.info("a file is begun anew", export=export.id)
        except Exception as fault:
            log.error("a file could not be made", export=export.id, fault=type(fault).__name__)
            await self._let_go(export)

    async def _make(self, export: StoredExport) -> None:
        if export.tries > MOST_TRIES:
            await self._let_go(export)
            return

        async def tell(progress: int) -> None:
            async with self.database.writing() as session:
                if not await exports.go_on(session, export.id, self.maker, progress, self.clock() + ALONE):
                    raise Taken

        look: Look = self.database.reading
        async with look() as session:
            process = await processes.get(session, export.process_id)
        with private_folder() as folder:
            made = await Making(look, self.keys, process, export, self.clock()).make(folder, tell)
        async with self.database.writing() as session:
            await exports.keep(session, self.keys, export.id, self.maker, made.parts, made.number, self.clock())

    async def _let_go(self, export: StoredExport) -> None:
        for_good = export.tries >= MOST_TRIES
        async with self.database.writing() as session:
            await exports.let_go(session, export.id, self.maker, for_good=for_good)
