"""The clock of a campaign's machine: it may run faster than time, and can be set, for all of its processes at once."""

import asyncio
import mmap
import selectors
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

SET = struct.Struct("d")


class Told(msgspec.Struct, frozen=True):
    """What another process is told of it. `read`: what the monotonic clock said when it `began`."""

    file: str
    speed: float
    began: datetime
    read: float


class Machine:
    """One process's view of the machine."""

    def __init__(self, told: Told) -> None:
        self.told = told
        with Path(told.file).open("r+b") as file:
            self._set = mmap.mmap(file.fileno(), SET.size)

    def elapsed(self) -> timedelta:
        """Since it began; nobody can set this."""
        return timedelta(seconds=(time.monotonic() - self.told.read) * self.told.speed)

    def now(self) -> datetime:
        """What the clock on its wall says."""
        return self.told.began + self.elapsed() + timedelta(seconds=SET.unpack(self._set[: SET.size])[0])

    def put(self, by: timedelta) -> None:
        """Set the clock forward, or back, from where it is."""
        before: float = SET.unpack(self._set[: SET.size])[0]
        self._set[: SET.size] = SET.pack(before + by.total_seconds())


def machine(folder: Path, speed: float = 1.0) -> Machine:
    file = folder / "clock"
    file.write_bytes(SET.pack(0.0))
    return Machine(Told(str(file), speed, datetime.now(UTC), time.monotonic()))


class QuickSelector(selectors.EpollSelector):
    """Waits for a part of the time that it is told."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> Any:
        return super().select(None if timeout is None else timeout / self._speed)


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop on which every wait and every timeout passes faster."""

    def __init__(self, speed: float) -> None:
        super().__init__(QuickSelector(speed))
        self._speed = speed

    def time(self) -> float:
        return super().time() * self._speed
