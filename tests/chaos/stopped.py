"""Of two workers one is stopped for longer than its lease, in the middle of its sends, and then goes on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from storage import marks
from storage.tables import delivery
from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, How, World, world
from tests.programs.life import WEB, WORKER, Life
from tests.waiting import until

SPEED = 20.0
AT_ONCE = 5
SETTINGS = {"storage._ground.database.FROZEN": 2.0}
"""The database's time does not pass faster."""
ASKS_OFTEN = {"bot.worker.HOUSE": 5.0, "bot.asking.OFTEN": 5.0}
APART = [timedelta(minutes=minutes) for minutes in (-10, -1, 1, 10)]
"""How far Twilio's clock may be ahead of ours."""
ASKED = "asking what became: sms"
ABSENT = timedelta(minutes=16)
TAKEN = 60.0
"""Seconds that only a failure takes: without help it would hold its locks for ever."""
LONG = timedelta(minutes=5)
OTHERS = "the others do not wait for it"
SLOW = 0.1
"""Seconds in which the provider answers, so that something is always under way."""


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _anywhere(how)
    yield await _in_a_transaction(how)
    yield await _in_a_claim(how)


async def _anywhere(how: How) -> Figures:
    times = how.of(2, 25)
    figures = Figures("a worker stopped past its lease")
    chance = how.chance
    settings = SETTINGS | ASKS_OFTEN
    async with world(how, POSTGRESQL, speed=SPEED, settings=settings, sms=True, pace=(10.0, AT_ONCE, 0.0)) as made:
        await made.meets(60)
        await made.meets(20, "sms")
        made.platforms.latency, made.platforms.apart = SLOW, chance.choice(APART)
        # Otherwise its callbacks would tell what becomes of what it got late.
        made.platforms.twilio.calls_back = False
        begun = [made.life(WORKER), made.life(WORKER)]
        for number in range(times):
            await made.publishes(f"News {number}.")
            await until(partial(_sends, made, begun[number % 2]))
            await asyncio.sleep(chance.uniform(0, SLOW))
            await _stopped(made, figures, begun[number % 2])
            figures.faults += 1
        await made.settles()
        for life in begun:
            await life.ends()
        made.machine.put(ABSENT)
        async with made.running(WORKER):
            for _asking in range(2):
                await until(partial(_is_later, made, ASKED, await _at(made, ASKED)))
            await made.settles()
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        most = figures.in_flight + AT_ONCE * figures.faults
        figures.must(figures.unknown <= most, "at most what it had under way, or was just claiming, is unknown")
    return figures


async def _in_a_transaction(how: How) -> Figures:
    """It is stopped while it holds the locks of what it settles: the other one sends, and keeps house, all the same."""
    figures = Figures("a worker stopped in a transaction")
    async with world(how, POSTGRESQL, speed=SPEED, settings=SETTINGS, pace=(10.0, AT_ONCE, 0.0)) as made:
        await made.meets(60)
        await made.publishes("The hearing is on Friday.")
        life = made.life(WORKER, stops="between settle and claim")
        other = made.life(WORKER)
        figures.must(await life.stops_by_itself(LONG), "it comes to its point")
        figures.faults, figures.in_flight = 1, len(await made.in_flight(life))
        try:
            for _keeping in range(2):
                await until(partial(_is_later, made, marks.ALIVE, await _at(made, marks.ALIVE)))
            await until(partial(_rests, made))
        except TimeoutError:
            figures.must(False, OTHERS)
        life.goes_on()
        await made.settles()
        await life.ends()
        await other.ends()
        await made.sums_hold(figures)
        await made.counted(figures)
        figures.nothing_lost_or_twice()
        figures.must(figures.unknown <= figures.in_flight + AT_ONCE, "at most what it had under way is unknown")
    return figures


async def _in_a_claim(how: How) -> Figures:
    """It is stopped while it holds the locks of those whom it is about to write to: they are heard all the same."""
    figures = Figures("a worker stopped in a claim")
    async with world(how, POSTGRESQL, speed=SPEED, settings=SETTINGS) as made:
        [alice] = await made.meets(1)
        made.connect()
        web = made.life(WEB)
        await made.writes(alice, turn=1)
        life = made.life(WORKER, stops="in a claim, before its commit")
        figures.must(await life.stops_by_itself(LONG), "it comes to its point")
        figures.faults, began = 1, made.machine.elapsed()
        for sender in (alice.sender, made.newcomer()):
            update = made.platforms.telegram.says(sender, "/stop")
            try:
                async with asyncio.timeout(TAKEN):
                    await made.platforms.telegram.takes(update["update_id"])
            except TimeoutError:
                figures.must(False, "who writes meanwhile is heard")
        figures.paused((made.machine.elapsed() - began).total_seconds() / SPEED)
        life.goes_on()
        await made.platforms.telegram.settled()
        await made.settles()
        await life.ends()
        await web.ends()
        figures.deliveries = len(await made.rows("SELECT id FROM delivery"))
        got = made.platforms.got()
        figures.must(not got[alice.sender, made.texts[next(iter(made.replies))]], "nothing leaves after the STOP")
    return figures


async def _at(made: World, mark: str) -> str:
    """When somebody last did that."""
    return str(await made.rows(f"SELECT at FROM mark WHERE name = '{mark}'"))  # noqa: S608 a name of our own


async def _is_later(made: World, mark: str, before: str) -> bool:
    return await _at(made, mark) != before


async def _rests(made: World) -> bool:
    """Nothing waits any more: what the stopped one does not hold has been sent."""
    return not (await made.states())["queued"]


async def _sends(made: World, life: Life) -> bool:
    return bool(await made.in_flight(life))


async def _stopped(made: World, figures: Figures, life: Life) -> None:
    """Until its lease is over, and then not any more."""
    life.stops()
    names: set[str] = set()

    async def is_over() -> bool:
        # What it was just committing may show a moment later.
        sending = await _theirs(made, life)
        names.update(sending)
        return not sending

    try:
        await until(is_over)
    except TimeoutError:
        figures.must(False, OTHERS)
    figures.in_flight += len(names)
    before = await _states(made, names)
    life.goes_on()
    await made.platforms.next_call(1.0, len(made.platforms.calls))
    await asyncio.sleep(3 * SLOW)
    after = await _states(made, names)
    known = {name: state for name, state in before.items() if state != "unknown"}
    changed = {f"{state} to {after[name]}" for name, state in known.items() if after[name] != state}
    figures.must(not changed, f"its late words change nothing that is known: {', '.join(changed)}")


async def _theirs(made: World, life: Life) -> set[str]:
    """What it is sending, but for what it was just writing down: that only itself can end."""
    async with made.database.writing() as session:
        found = select(delivery.c.id).where(delivery.c.state == "sending", delivery.c.owner.contains(f":{life.pid}:"))
        return set((await session.execute(found.with_for_update(skip_locked=True))).scalars())


async def _states(made: World, names: set[str]) -> dict[str, str]:
    """Of those that have ended, on Telegram: what Twilio took is known after all, by its own word.

    Without what the stopped one was just writing down, which only itself can end.
    """
    rows = await made.rows("SELECT id, state FROM delivery WHERE channel = 'telegram' AND state <> 'sending'")
    return {row[0]: row[1] for row in rows if row[0] in names}
