"""Somebody sets the clock of the machine an hour forth and back while a broadcast goes out."""

from collections.abc import AsyncIterator
from datetime import timedelta

from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, SQLITE, How, resumed, world
from tests.programs.life import ALONE, WORKER

SPEED = 10.0
AN_HOUR = timedelta(hours=1)
AMONG = 5.0
"""Seconds within which something is sent after a jump."""


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _jumps(how, SQLITE, "clock set, SQLite", (ALONE,))
    yield await _jumps(how, POSTGRESQL, "clock set, 2 workers", (WORKER, WORKER))


async def _jumps(how: How, kind: str, name: str, kinds: tuple[str, ...]) -> Figures:
    jumps, people, figures = how.of(4, 20), how.of(160, 2_000), Figures(name)
    async with world(how, kind, speed=SPEED, pace=(people / jumps / 5, 2, 0.0)) as made:
        await made.meets(people)
        await made.publishes("The hearing is on Friday.")
        async with made.running(*kinds):
            for jump in range(jumps):
                calls = len(made.platforms.calls)
                await made.platforms.next_call(AMONG, calls + people // jumps // 2)
                figures.in_flight += len(await made.in_flight())
                before, began = len(made.platforms.calls), made.machine.elapsed()
                made.machine.put(AN_HOUR if jump % 4 in (0, 3) else -AN_HOUR)
                figures.faults += 1
                if await made.platforms.next_call(AMONG, before):
                    figures.paused((made.platforms.calls[before].came - began).total_seconds())
            await made.settles()
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.must(figures.unknown <= figures.in_flight, "unknown is what was in flight")
        resumed(figures)
    return figures
