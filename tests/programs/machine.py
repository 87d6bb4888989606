"""The clock of a stage's machine: it may run faster than time, and can be set, for all of its processes at once.

It stands still while one of these processes gets no CPU. Otherwise a test would judge the machine that it runs on:
at ten times the speed, half a second without CPU is five seconds, in which a claim is no longer fresh, and a send that
was answered at once has taken too long. So whoever waits here says ever and again that it was there, and nobody's clock
is more than `SLACK` ahead of the process that was not there for the longest time. A process that starts is waited for
as well, and so are the platforms, whose clock this is; one that is stopped or dead is not.
"""

import asyncio
import mmap
import selectors
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import msgspec

SLACK = timedelta(seconds=0.25)
"""A send goes to and fro between two processes some twenty times, and each time either may have to wait for CPU: even
so it ends long before it would be given up."""
LOOKS_EVERY, SHOWS_EVERY = 0.002, 0.003
"""Seconds of ours between two looks at who was there, and between two times that somebody shows it."""
GLANCE = 0.05
NUMBER = struct.Struct("d")
SET, LOST, LIMIT, FIRST = range(4)
"""The places of the shared numbers: by how much the clock was set, for how long it stood still, how far it may go; and
of when each process was last there. All but the first are seconds of ours."""
PROCESSES = 500


class Told(msgspec.Struct, frozen=True):
    """What another process is told of it. `read`: what the monotonic clock said when it `began`."""

    file: str
    speed: float
    began: datetime
    read: float


@dataclass
class Machine:
    """One process's view of the machine. `place`: where it shows that it is there, if anybody waits for it."""

    clock: Told
    place: int | None = None
    numbers: mmap.mmap = field(init=False)
    present: dict[int, int] = field(default_factory=dict)
    """The pids of who is waited for, by their places."""

    def __post_init__(self) -> None:
        with Path(self.clock.file).open("r+b") as file:
            self.numbers = mmap.mmap(file.fileno(), 0)

    def elapsed(self) -> timedelta:
        """Since it began; nobody can set this."""
        return timedelta(seconds=self._ours() * self.clock.speed)

    def now(self) -> datetime:
        """What the clock on its wall says."""
        return self.clock.began + self.elapsed() + timedelta(seconds=self._get(SET))

    def put(self, by: timedelta) -> None:
        """Set the clock forward, or back, from where it is."""
        self._put(SET, self._get(SET) + by.total_seconds())

    async def passes(self, by: timedelta) -> None:
        """Wait for so long by this clock."""
        until = self.elapsed() + by
        while True:
            left = (until - self.elapsed()).total_seconds()
            if left <= 0:
                return
            await asyncio.sleep(min(GLANCE, left / self.clock.speed))

    def is_there(self) -> None:
        """This process is."""
        if self.place is not None:
            self._put(self.place, self._ours())

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Within the block it goes on, as far as everybody has come."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    def next_place(self) -> int:
        """For a process that is about to begin: it is there as of now."""
        place = next(place for place in range(FIRST, PROCESSES) if place not in self.present)
        self._put(place, self._ours())
        self.present[place] = 0
        return place

    async def _keep(self) -> None:
        """In the process of the platforms: while they get no CPU, it stands still too."""
        while True:
            self._put(LOST, self._get(LOST) + max(0.0, self._passed() - self._get(LIMIT)))
            there = [self._get(place) for place, pid in list(self.present.items()) if self._counts(place, pid)]
            self._put(LIMIT, max(self._get(LIMIT), min([self._ours(), *there]) + self._slack))
            await asyncio.sleep(LOOKS_EVERY)

    def _counts(self, place: int, pid: int) -> bool:
        """Whether it is waited for. Who was there a moment ago is not looked at more closely."""
        if not pid or self._ours() - self._get(place) < self._slack / 2:
            return True
        found = state(pid)
        if found in DEAD:
            del self.present[place]
        return found not in STOPPED | DEAD

    @property
    def _slack(self) -> float:
        """Without end where nothing passes faster: that time is Redis's and the database's too."""
        return inf if self.clock.speed == 1 else SLACK.total_seconds() / self.clock.speed

    def _ours(self) -> float:
        """Seconds of ours that have passed without those for which it stood still. In this order it never goes back."""
        limit = self._get(LIMIT)
        return min(self._passed(), limit)

    def _passed(self) -> float:
        lost = self._get(LOST)
        return time.monotonic() - self.clock.read - lost

    def _get(self, place: int) -> float:
        found: float = NUMBER.unpack_from(self.numbers, place * NUMBER.size)[0]
        return found

    def _put(self, place: int, number: float) -> None:
        NUMBER.pack_into(self.numbers, place * NUMBER.size, number)


STOPPED, DEAD = frozenset("Tt"), frozenset("ZX")


def state(pid: int) -> str:
    """The letter that Linux has for what a process does: T when it is stopped, X when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def machine(folder: Path, speed: float = 1.0) -> Machine:
    file = folder / "clock"
    file.write_bytes(bytes(PROCESSES * NUMBER.size))
    return Machine(Told(str(file), speed, datetime.now(UTC), time.monotonic()))


class QuickSelector(selectors.EpollSelector):
    """Waits by the machine's clock, and shows that its process is there."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def select(self, timeout: float | None = None) -> Any:
        machine = self._machine
        machine.is_there()
        until = None if timeout is None else machine.elapsed().total_seconds() + timeout
        while True:
            left = SHOWS_EVERY if until is None else (until - machine.elapsed().total_seconds()) / machine.clock.speed
            found = super().select(max(0.0, min(SHOWS_EVERY, left)))
            machine.is_there()
            if found or left <= 0:
                return found


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop on which every wait and every timeout passes by the machine's clock."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(QuickSelector(machine))
        self._machine = machine

    def time(self) -> float:
        return self._machine.elapsed().total_seconds()
