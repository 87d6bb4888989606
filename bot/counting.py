"""What people say of statements is counted here, and where they are many enough, the groups among them are found."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

import council
from council.opinions import FEWEST_PEOPLE, Picture
from council.opinions.alone import Task, can_group, packed, unpacked
from handlers import counts
from handlers.counting import Count
from handlers.soundings import came
from storage import Database, Keyring, opinions, processes, soundings, statements
from storage.soundings import StoredSounding

AGAIN = timedelta(minutes=2)
"""A sounding is counted at most so often: nobody can see one person come."""
ALONE = timedelta(minutes=2)
"""A worker that has not said for so long that it still counts has died: another one begins anew."""
LONGEST = timedelta(minutes=1)
"""A picture that takes longer is given up: there are tallies all the same."""
PEOPLE = 500

log = structlog.get_logger()


class Taken(Exception):
    """Another worker counts it by now."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted, and by whom."""

    database: Database
    keys: Keyring = field(repr=False)
    maker: str
    """The name by which a worker's counts are known."""
    clock: Callable[[], datetime]
    groups: Callable[[], bool] = can_group

    async def go_on(self) -> None:
        """Count every sounding in which something has changed since it was counted last."""
        now = self.clock()
        async with self.database.reading() as session:
            waiting = await soundings.to_count(session, now - AGAIN, now)
        for sounding in waiting:
            await self._look(sounding)

    async def _look(self, sounding: StoredSounding) -> None:
        """What was counted with or without what finds groups is counted anew once that has changed."""
        now = self.clock()
        async with self.database.reading() as session:
            opinions_stamp = await opinions.stamp(session, sounding.process_id, sounding.id)
            shown = await statements.of_sounding(session, sounding.process_id, sounding.id)
        laid = sum(its.is_shown for its in shown), [its.same_as for its in shown].count(None)
        stamp = f"{opinions_stamp} {laid[0]} {laid[1]} {self.groups():d}"
        async with self.database.writing() as session:
            if stamp == sounding.stamp:
                await soundings.pass_over(session, sounding.id, now)
                return
            if not await soundings.claim(session, sounding.id, self.maker, now, now + ALONE):
                return
        try:
            await self._count(sounding, stamp)
        except Taken:
            log.info("a sounding is counted by another worker", sounding=sounding.id)
        except Exception as fault:
            log.error("a sounding could not be counted", sounding=sounding.id, fault=type(fault).__name__)
            async with self.database.writing() as session:
                await soundings.let_go(session, sounding.id, self.maker, self.clock())

    async def _count(self, sounding: StoredSounding, stamp: str) -> None:
        async with self.database.reading() as session:
            count = Count(await statements.of_sounding(session, sounding.process_id, sounding.id))
        after, is_more = "", True
        while is_more:
            async with self.database.reading() as session:
                page = await opinions.page(session, self.keys, sounding.process_id, sounding.id, after, PEOPLE)
            for held in page.each:
                count.add(held)
            after, is_more = page.last, bool(page.last)
            await self._still_counts(sounding)
        picture = await self._picture(sounding, count)
        change = came(sounding.picture, count, picture, can_group=self.groups())
        async with self.database.writing() as session:
            # First, as whoever decides on a statement does: neither waits for the other. What talks know has changed.
            await processes.show_anew(session, sounding.process_id)
            kept = (sounding.id, self.maker, count.people, change, stamp, self.clock())
            if await soundings.put(session, *kept):
                await statements.count(session, count.counted(picture))

    async def _still_counts(self, sounding: StoredSounding) -> None:
        async with self.database.writing() as session:
            if not await soundings.go_on(session, sounding.id, self.maker, self.clock() + ALONE):
                raise Taken

    async def _picture(self, sounding: StoredSounding, count: Count) -> Picture | None:
        """None: they are too few, what finds groups is not here, or it found none in time."""
        if count.clustered < FEWEST_PEOPLE or not self.groups():
            return None
        # Half of the name is seed enough: the same opinions give the same picture.
        task = Task(count.clustered, len(count.shown), int(sounding.id[:8], 16), counts.FEWER_THAN)
        try:
            return await found(task, bytes(count.votes), LONGEST)
        except (TimeoutError, Failed) as fault:
            log.error("no picture was found", sounding=sounding.id, fault=type(fault).__name__)
            return None


class Failed(Exception):
    """The program that finds groups ended without a picture."""


async def found(task: Task, votes: bytes, longest: timedelta) -> Picture:
    """The picture that a program of its own finds; after so long it is ended. Raises `TimeoutError`, `Failed`."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "council.opinions.alone",
        cwd=Path(council.__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(longest.total_seconds()):
            written, _nothing = await program.communicate(packed(task, votes))
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode != 0:
        raise Failed
    return unpacked(written)
