"""Redis forgets everything every second, and is gone for a while, while two workers share one pace."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import servers
from servers.mortal import mortal
from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, How, World, world
from tests.programs.life import WORKER

RATE = 40
GONE = 3.0
A_SECOND = timedelta(seconds=1)


async def run(how: How) -> AsyncIterator[Figures]:
    people = how.of(240, 1_500)
    figures = Figures(f"redis flushed and gone, {RATE}/s")
    with mortal(servers.REDIS) as redis:
        async with world(how, POSTGRESQL, redis_url=f"redis://{redis.address}/0", pace=(float(RATE), 1, 0.0)) as made:
            await made.meets(people)
            await made.publishes("The hearing is on Friday.", filled=True)
            begun = [made.life(WORKER), made.life(WORKER)]
            await made.platforms.next_call(20, 0)
            for _second in range(how.of(2, 15)):
                await asyncio.to_thread(servers.flush, redis.address)
                figures.faults += 1
                await asyncio.sleep(1)
            redis.dies()
            figures.faults += 1
            await asyncio.sleep(how.of(1, 10) * GONE)
            redis.begins_again()
            await made.settles()
            for life in begun:
                await life.ends()
            await made.sums_hold(figures)
            await made.counted(figures)
            _judge(made, figures)
    yield figures


def _judge(made: World, figures: Figures) -> None:
    figures.nothing_lost_or_twice()
    figures.must(figures.unknown == 0, "nothing is unknown")
    left = made.left()
    most = fastest(left)
    figures.must(most <= RATE + 1, f"never more than {RATE} + 1 in a second, not {most}")
    took = (left[-1] - left[0]).total_seconds()
    figures.notes.append(f"at most {most} in any second, {len(left) / took:.1f}/s over all")


def fastest(left: Sequence[timedelta]) -> int:
    """The most that left in any second."""
    begin = most = 0
    for end, at in enumerate(left):
        while at - left[begin] >= A_SECOND:
            begin += 1
        most = max(most, end - begin + 1)
    return most
