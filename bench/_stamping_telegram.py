"""A Telegram that takes every message and remembers when it came."""

import asyncio
import time

import uvloop

from bench._fake_telegram import Caller
from bench._programs import answer
from demo.serving import bound, port_of

SECOND = 1.0
START_UP = 0.5
"""Seconds after the first message in which the pace may still be found."""
came: list[float] = []


class Stamping(Caller):
    """One connection whose requests are stamped."""

    def data_received(self, data: bytes) -> None:
        if not self.received:
            came.append(time.perf_counter())
        super().data_received(data)


async def _told() -> str:
    """What came since the last time: the most in any second, then how many a second once it had started."""
    stamps = sorted(came)
    came.clear()
    if not stamps:
        return "0 0"
    steady = [stamp for stamp in stamps if stamp >= stamps[0] + START_UP]
    span = steady[-1] - steady[0] if len(steady) > 1 else 0
    return f"{_most(stamps)} {(len(steady) - 1) / span if span else 0}"


def _most(stamps: list[float]) -> int:
    first, most = 0, 0
    for last, stamp in enumerate(stamps):
        while stamp - stamps[first] >= SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


async def main() -> None:
    listening = bound()
    server = await asyncio.get_running_loop().create_server(Stamping, sock=listening, backlog=1024)
    await answer(str(port_of(listening)), {"told": _told})
    server.close()


if __name__ == "__main__":
    uvloop.run(main())
