"""Everybody says STOP or FORGET while a broadcast to them is going out, each at another instant."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, SQLITE, How, World, world
from tests.programs.life import ALONE, WEB, WORKER
from tests.waiting import PATIENCE

NEWS = "News"
BULLETINS = 3
SLOW = 0.02
RATE = 60.0


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _races(how, SQLITE, "STOP/FORGET races, SQLite", (ALONE,))
    yield await _races(how, POSTGRESQL, "STOP/FORGET races, PostgreSQL", (WORKER, WORKER, WEB))


async def _races(how: How, kind: str, name: str, kinds: tuple[str, ...]) -> Figures:
    people, figures, chance = how.of(40, 500), Figures(name), how.chance
    async with world(how, kind, pace=(RATE, 5, 0.2)) as made:
        everybody = await made.meets(people)
        made.connect()
        made.platforms.latency = SLOW
        async with made.running(*kinds):
            await made.answers()
            for number in range(BULLETINS):
                await made.publishes(f"{NEWS} {number}.", filled=True)
            await made.platforms.next_call(PATIENCE, 0)
            span = BULLETINS * people / RATE
            gone = await asyncio.gather(
                *(_leaves(made, who.sender, chance.uniform(0, span), chance.random() < 0.5) for who in everybody)
            )
            await made.settles()
        figures.faults = people
        late = [_after(made, sender, moment) for sender, moment in gone]
        figures.in_flight = sum(late)
        figures.must(max(late) <= 1, "at most the one in flight comes after the STOP is kept")
        left = await made.rows("SELECT count(*) FROM delivery WHERE state = 'queued'")
        figures.must(left[0][0] == 0, "nothing waits for who has left")
        await made.sums_hold(figures)
        figures.deliveries = len(await made.rows("SELECT id FROM delivery"))
        got = made.platforms.got()
        figures.twice = sum(number - 1 for (_to, text), number in got.items() if number > 1 and text.startswith(NEWS))
        figures.must(figures.twice == 0, "nobody gets anything twice")
        spared = (await made.rows("SELECT count(*) FROM delivery WHERE state = 'cancelled'"))[0][0]
        figures.must(spared > 0, "there was something left to cancel")
        figures.notes.append(f"{spared} of {BULLETINS * people} were cancelled")
    return figures


async def _leaves(made: World, sender: str, after: float, for_good: bool) -> tuple[str, timedelta]:
    """Gives when their STOP, or the yes to their FORGET, was answered with 200: by then it is kept."""
    telegram = made.platforms.telegram
    await asyncio.sleep(after)
    words = ["/forget", "1"] if for_good else ["/stop"]
    for word in words:
        update = telegram.says(sender, word)
        await telegram.takes(update["update_id"])
    return sender, made.machine.elapsed()


def _after(made: World, sender: str, moment: timedelta) -> int:
    """How many bulletins arrived after that."""
    kept = made.machine.clock.began + moment
    chat = made.platforms.telegram.chats.of(sender)
    return sum(bubble.text.startswith(NEWS) and bubble.at > kept for bubble in chat.ours())
