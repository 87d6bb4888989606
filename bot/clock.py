"""The clock of a deployment."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from storage import Database

SMALL = timedelta(seconds=5)
"""Up to here a difference is drift, and made up for in passing."""
PATIENCE = timedelta(minutes=10)
"""How long a larger one must stand before it is believed. A clock that was set wrong is mostly set right before."""
SLOW_ANSWER = timedelta(seconds=1)
"""A database that takes longer to say its time has said nothing: we do not know when it looked."""

OFTEN = timedelta(seconds=10)

log = structlog.get_logger()


def now() -> datetime:
    """What this machine's clock says, for who asks once."""
    return datetime.now(UTC)


def elapsed() -> timedelta:
    """Since whenever: it goes on while the machine sleeps, where the system can tell, and nobody can set it."""
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return timedelta(microseconds=time.clock_gettime_ns(source) // 1000)


@dataclass(frozen=True, slots=True)
class _Doubt:
    difference: timedelta
    since: timedelta


class Clock:
    """One clock for every process of a deployment: it follows the database's, in UTC, and never goes back.

    Between two looks at the database it goes by the time that passes, so whatever is done to this machine's clock
    is not felt. How it differs is made up for by going at half speed or at one and a half; only a large difference
    forwards that is believed is jumped.
    """

    def __init__(
        self,
        reference: Callable[[], datetime] = now,
        elapsed: Callable[[], timedelta] = elapsed,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._elapsed = elapsed
        self._patience = patience
        self._at = reference()
        self._read = elapsed()
        self._behind = timedelta(0)
        self._doubt: _Doubt | None = None
        self._asked = False

    def now(self) -> datetime:
        self._asked = True
        return self._go_on()

    async def check(self, database: Database) -> None:
        """Compare with the database's clock; call this before the first `now`, then every ten seconds.

        A large difference is believed when it has stood for ten minutes; before anybody has asked us, at once.
        """
        before = self._go_on()
        database_time = await database.moment()
        took = self._go_on() - before
        if took <= SLOW_ANSWER:
            self._compare(database_time + took / 2 - self._at)

    async def follow(self, database: Database, closing: asyncio.Event) -> None:
        """Look at the database's clock again and again, until `closing`."""
        while not closing.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(OFTEN.total_seconds()):
                    await closing.wait()
            await self.look(database)

    async def look(self, database: Database) -> None:
        """Compare, if the database answers."""
        try:
            await self.check(database)
        except Exception as fault:
            log.warning("clock not compared", fault=type(fault).__name__)

    def _go_on(self) -> datetime:
        read = self._elapsed()
        passed = max(read - self._read, timedelta(0))
        made_up = min(max(self._behind, -passed / 2), passed / 2)
        self._read = read
        self._behind -= made_up
        self._at += passed + made_up
        return self._at

    def _compare(self, difference: timedelta) -> None:
        surprise = difference - self._behind
        if abs(surprise) <= SMALL:
            self._behind, self._doubt = difference, None
        elif not self._asked:
            self._at += difference
        elif self._doubt is None or abs(difference - self._doubt.difference) > SMALL:
            self._doubt = _Doubt(difference, self._read)
            log.warning("clocks differ", seconds=round(difference.total_seconds()))
        elif self._read - self._doubt.since >= self._patience:
            self._believe(difference)

    def _believe(self, difference: timedelta) -> None:
        log.warning("clock set", seconds=round(difference.total_seconds()))
        self._doubt = None
        self._behind = min(difference, timedelta(0))
        self._at += max(difference, timedelta(0))
