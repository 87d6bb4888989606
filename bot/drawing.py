"""Draws by lot are drawn here, each by a child that has its limits, and begun again where a worker dies over one."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
import structlog

from council import lots
from council.lots import Cannot, Outcome, Record
from handlers import draws, processes
from storage import Database, Keyring, drawing
from storage.draws import StoredDraw

ALONE = timedelta(minutes=2)
"""A worker that has not said for so long how far it is has died: another one begins the draw again."""
SAYING = timedelta(seconds=20)
"""How often a worker says that it still draws, also where the child has nothing new to say."""
MOST_TRIES = 5
EVERY = timedelta(seconds=2)
CHILD = ("-I", "-m", "council.lots.child")

log = structlog.get_logger()


class Taken(Exception):
    """The draw is somebody else's by now."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What draws are drawn from."""

    database: Database
    keys: Keyring = field(repr=False)
    maker: str
    """The name by which a worker's draws are known."""
    clock: Callable[[], datetime]
    child: ClassVar[tuple[str, ...]] = (sys.executable, *CHILD)

    async def go_on(self) -> None:
        """Draw what has waited longest, if there is anything."""
        now = self.clock()
        async with self.database.reading() as session:
            if not await drawing.waits(session, now):
                return
        async with self.database.writing() as session:
            stored = await drawing.claim(session, self.maker, now, now + ALONE)
        if stored is None:
            return
        try:
            await self._draw(stored)
        except Taken:
            log.info("a draw is somebody else's", draw=stored.id)
        except Exception as fault:
            log.error("a draw broke off", draw=stored.id, fault=type(fault).__name__)
            await self._let_go(stored)

    async def _draw(self, stored: StoredDraw) -> None:
        if stored.tries > MOST_TRIES:
            await self._let_go(stored)
            return
        async with self.database.reading() as session:
            process = await processes.get(session, stored.process_id)
            record = await draws.record(session, self.keys, process, stored.id)
        outcome = await self._from_child(stored, record)
        async with self.database.writing() as session:
            if isinstance(outcome, Cannot):
                await drawing.fail(session, stored.id, self.maker, msgspec.json.encode(outcome).decode())
                return
            # Nobody may stand among those who could be drawn who was gone by the time that it counts.
            again = await draws.record(session, self.keys, process, stored.id)
            if again.gone != record.gone:
                await drawing.let_go(session, stored.id, self.maker)
                return
            places = {name: place for place, name in enumerate([*outcome.members, *outcome.substitutes], 1)}
            summary = draws.summed_up(outcome)
            drawn = drawing.Drawn(summary, places, outcome.chances, tuple(record.gone))
            await drawing.keep(session, stored.id, self.maker, drawn, self.clock())

    async def _from_child(self, stored: StoredDraw, record: Record) -> Outcome:
        """What it wrote last. What it says before is how far it is. Raises `Taken`, or `OSError` where it died."""
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *self.child, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}, cwd="/"
        )
        assert child.stdin is not None  # noqa: S101 it was asked for
        assert child.stdout is not None  # noqa: S101 it was asked for
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                child.stdin.write(lots.packed(record))
                await child.stdin.drain()
            child.stdin.close()
            return await self._listen(stored, child.stdout)
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _listen(self, stored: StoredDraw, written: asyncio.StreamReader) -> Outcome:
        progress, reading = 0, asyncio.ensure_future(written.readline())
        try:
            while True:
                done, _waiting = await asyncio.wait([reading], timeout=SAYING.total_seconds())
                if not done:
                    await self._tell(stored, progress)
                    continue
                line = reading.result()
                if not line.strip().isdigit():
                    return msgspec.json.decode(line, type=Outcome) if line else _broke_off()
                reading = asyncio.ensure_future(written.readline())
                if int(line) > progress:
                    progress = int(line)
                    await self._tell(stored, progress)
        finally:
            reading.cancel()

    async def _tell(self, stored: StoredDraw, progress: int) -> None:
        async with self.database.writing() as session:
            if not await drawing.go_on(session, stored.id, self.maker, progress, self.clock() + ALONE):
                raise Taken

    async def _let_go(self, stored: StoredDraw) -> None:
        async with self.database.writing() as session:
            if stored.tries < MOST_TRIES:
                await drawing.let_go(session, stored.id, self.maker)
                return
            crashed = msgspec.json.encode(Cannot("crashed")).decode()
            await drawing.fail(session, stored.id, self.maker, crashed)


def _broke_off() -> Outcome:
    raise ChildProcessError
