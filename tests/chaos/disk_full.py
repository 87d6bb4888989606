"""The disk is full, for an SQLite database, and after a while it is not any more."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.chaos.figures import Figures
from tests.chaos.world import SQLITE, How, World, resumed, world
from tests.programs.life import ALONE, Life
from tests.waiting import until

SPEED = 5.0
FULL = timedelta(seconds=5)
NEWCOMERS = 10


async def run(how: How) -> AsyncIterator[Figures]:
    times, people, figures = how.of(2, 30), how.of(60, 400), Figures("disk full, SQLite")
    async with world(how, SQLITE, speed=SPEED) as made:
        await made.meets(people)
        made.connect()
        life = made.life(ALONE)
        for number in range(times):
            await made.publishes(f"News {number}.")
            await made.platforms.next_call(20, len(made.platforms.calls))
            await _filled(made, life, figures)
            figures.must(life.lives, "it lives through it")
        await made.platforms.telegram.settled()
        await made.settles()
        await life.ends()
        await made.sums_hold(figures)
        figures.must((await made.rows("PRAGMA integrity_check"))[0][0] == "ok", "no row is torn")
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.must(figures.unknown <= figures.in_flight, "unknown is what was in flight")
        resumed(figures)
        statuses = Counter(status for _update, status in made.platforms.telegram.answers)
        figures.must(set(statuses) <= {0, 200, 503}, "a webhook is answered 503 while nothing can be kept")
        figures.must(statuses[503] > 0, "some came while nothing could be kept")
        figures.notes.append(f"webhooks answered: {dict(statuses)}")
        figures.notes += [f"the program said {number} x {what}" for what, number in made.faults().most_common(4)]
    yield figures


async def _filled(made: World, life: Life, figures: Figures) -> None:
    file = Path(made.url.partition("///")[2])
    wal = Path(f"{file}-wal")
    size = min(path.stat().st_size for path in (file, wal) if path.exists())
    life.may_write(max(4096, size // 2))
    figures.faults += 1
    for _time in range(NEWCOMERS):
        made.newcomer()
    await made.machine.passes(FULL)
    await until(partial(_is_refused, made, figures.faults))
    figures.in_flight += len(await made.in_flight(life))
    before, began = len(made.platforms.calls), made.machine.elapsed()
    life.may_write()
    if await made.platforms.next_call(30, before):
        figures.paused((made.platforms.calls[before].came - began).total_seconds())


async def _is_refused(made: World, times: int) -> bool:
    """Somebody who wrote was told to come again."""
    return sum(status == 503 for _update, status in made.platforms.telegram.answers) >= times
