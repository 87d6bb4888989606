"""PostgreSQL is restarted again and again, in the middle of everything, while a broadcast goes out."""

import asyncio
import signal
from collections.abc import AsyncIterator

import servers
from servers.mortal import Mortal, mortal
from tests import databases
from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, How, World, resumed, world
from tests.programs.life import WEB, WORKER

SPEED = 5.0
OFFERED_EVERY = 0.05
OUT_OF_IT = 20.0


async def run(how: How) -> AsyncIterator[Figures]:
    restarts, people = how.of(3, 50), how.of(300, 10_000)
    figures = Figures(f"database restarted, {people} people")
    chance = how.chance
    with mortal(servers.POSTGRES) as postgres:
        url = databases.clone(how.folder, databases.url_of(postgres.address), "restarted").url
        async with world(how, POSTGRESQL, url=url, speed=SPEED, pace=(people / restarts / 3, 5, 0.0)) as made:
            await made.meets(people)
            made.connect()
            name = await made.publishes("The hearing is on Friday.")
            begun = [made.life(WORKER), made.life(WORKER), made.life(WEB)]
            arriving = asyncio.create_task(_arrive(made, restarts))
            for _restart in range(restarts):
                await made.platforms.next_call(OUT_OF_IT, len(made.platforms.calls))
                await asyncio.sleep(chance.uniform(0, 0.3))
                await _restart_it(made, postgres, figures, chance.choice([signal.SIGQUIT, signal.SIGINT]))
            await arriving
            await made.platforms.telegram.settled()
            await made.settles()
            for life in begun:
                await life.ends()
            await made.sums_hold(figures)
            await made.counted(figures)
            _judge(made, figures, name)
    yield figures


async def _restart_it(made: World, postgres: Mortal, figures: Figures, how: signal.Signals) -> None:
    figures.in_flight += len(await made.in_flight())
    await asyncio.to_thread(postgres.dies, how)
    await made.database.writer.dispose()
    before, began = len(made.platforms.calls), made.machine.elapsed()
    postgres.begins_again()
    assert await asyncio.to_thread(postgres.answers)
    figures.faults += 1
    if await made.platforms.next_call(OUT_OF_IT, before) and (await made.states())["queued"]:
        figures.paused((made.platforms.calls[before].came - began).total_seconds())
    await made.sums_hold(figures)


async def _arrive(made: World, number: int) -> None:
    """New people write all the while; Telegram offers each message until it is taken."""
    for _time in range(number * 5):
        made.newcomer()
        await asyncio.sleep(OFFERED_EVERY)


def _judge(made: World, figures: Figures, name: str) -> None:
    figures.nothing_lost_or_twice()
    figures.must(figures.unknown <= figures.in_flight + 10 * figures.faults, "unknown is what was in flight")
    resumed(figures)
    statuses = [status for _update, status in made.platforms.telegram.answers]
    counted = {status: statuses.count(status) for status in sorted(set(statuses))}
    figures.must(set(counted) <= {200, 503, 0}, "a webhook is answered 200 or 503, or not at all")
    figures.notes.append(f"webhooks answered: {counted}")
    figures.notes += [f"the programs said {number} x {what}" for what, number in made.faults().most_common(4)]
