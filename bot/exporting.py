"""Files that staff asked for are made here, one at a time, and thrown away when nobody fetches them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp

import structlog

from handlers import processes
from handlers.exports.making import Look, Making
from storage import Database, Keyring, exports
from storage.exports import StoredExport

ALONE = timedelta(minutes=2)
"""A worker that has not said for so long how far it is has died: another one begins the file again."""
MOST_TRIES = 5
FOLDER = "hearback-file-"
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


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only we can look into, gone afterwards. What programs that were killed have left goes first."""
    for left in Path(gettempdir()).glob(f"{FOLDER}*"):
        if not _lives(left.name.removeprefix(FOLDER).partition("-")[0]):
            rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _lives(pid: str) -> bool:
    """Whether there is a program of this number beside us: we make one file at a time, and begin this one now."""
    if not pid.isdecimal() or int(pid) == os.getpid():
        return False
    with suppress(ProcessLookupError):
        try:
            os.kill(int(pid), 0)
        except PermissionError:
            return True
        return True
    return False
