"""Programs are killed at every named point and at random ones, while replies, notices and bulletins flow."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from storage import broadcasts, fresh
from storage.broadcasts import NewBroadcast, Subject
from storage.lanes import Lane
from storage.tables import delivery
from storage.together import Writes, write
from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, SQLITE, How, World, resumed, world
from tests.programs.life import ALONE, GLANCE, WEB, WORKER, Life
from tests.programs.points import POINTS
from tests.programs.points import WEB as WEB_POINTS
from tests.programs.points import WORKER as WORKER_POINTS
from tests.storage.rows import PROCESS

SPEED = 10.0
SETTINGS = {
    # How much is done in one go, because there is little to do. No time is shortened: how long a claim, a send and a
    # lease may take, and when a platform is asked, has been chosen together, and only together they keep a promise.
    "bot.housekeeping.MOST_TO_AGE": 2,
    "broadcast.expand.BATCH": 7,
}
ABSENT = timedelta(minutes=16)
LONGEST_WAIT_AT_A_POINT = timedelta(minutes=4)
"""By the machine's clock, as all times here. A platform is asked after two minutes, and once a minute."""
TRIES = 3
CLAIMED = "after the commit of a claim"
ASKING = ("in reconcile, between list and write", "in reconcile, before its commit", "after the commit of reconcile")
"""Points that are only reached where something has been unknown for two minutes."""
LATER = timedelta(minutes=3)
AFTER_A_CRASH = ("when what a crash left is counted unknown", "after that")
"""Points that are only reached where a crash left something."""
AGED_BY_A_LIFE = 10
WORK_EVERY = timedelta(seconds=3)
LONGEST_AT_RANDOM = 3.0
FINAL_ROUNDS = 3


@dataclass
class Campaign:
    """Kills one after the other on one stage."""

    world: World
    figures: Figures
    chance: random.Random
    turns: Counter[str] = field(default_factory=Counter)
    held: str = ""
    """The bulletin that is paused."""
    last: str = ""
    published: int = 0
    finished: int = 0
    """How many deliveries ended long ago."""
    reached: Counter[str] = field(default_factory=Counter)
    old: str = ""

    async def begin(self, kills: int) -> None:
        await self.world.meets(16)
        await self.world.meets(8, "sms")
        self.world.connect()
        self.finished = AGED_BY_A_LIFE * kills
        self.old = await _finished_long_ago(self.world, self.finished)

    async def work(self) -> None:
        """What each life finds to do."""
        world, chance = self.world, self.chance
        for _time in range(2):
            world.newcomer()
        for who in chance.sample(world.people, 3):
            self.turns[who.id] += 1
            await world.writes(who, self.turns[who.id])
        for who in chance.sample(world.people, 2):
            self.turns[who.id] += 1
            await world.notices(who, self.turns[who.id])
        await self._turn()
        self.published += 1
        self.last = await world.publishes(f"News {self.published}.")

    async def _turn(self) -> None:
        """Pause the bulletin before; or let the paused one go on, or end it."""
        async with self.world.database.writing() as session:
            if self.held:
                turn = broadcasts.cancel if self.chance.random() < 0.5 else broadcasts.resume
                await turn(session, self.held)
                self.held = ""
            elif self.last:
                await broadcasts.pause(session, self.last)
                self.held = self.last

    def order(self, kills: int) -> Iterator[str]:
        """Every named point as often as the others, and about as often at random (""); those not reached once more."""
        points = list(POINTS)
        wanted = [points[place // 2 % len(points)] if place % 2 else "" for place in range(kills)]
        self.chance.shuffle(wanted)
        self.reached.update(dict.fromkeys((point for point in wanted if point), 0))
        for _try in range(TRIES):
            yield from wanted
            wanted = [point for point, number in self.reached.items() if point and not number]

    async def killed(self, life: Life, point: str) -> None:
        """It dies at its point, or wherever it is by then; then the books are looked at."""
        before, began = len(self.world.platforms.calls), self.world.machine.elapsed()
        if point:
            await self._dies_at(life, point)
        else:
            await self.world.machine.passes(timedelta(seconds=self.chance.uniform(0, LONGEST_AT_RANDOM)))
            await self.dies(life)
        if len(self.world.platforms.calls) > before:
            self.figures.paused((self.world.platforms.calls[before].came - began).total_seconds())
        await self.world.sums_hold(self.figures, {self.old: self.finished})

    async def dies(self, life: Life) -> None:
        self.figures.faults += 1
        self.figures.in_flight += await self.world.kill(life)

    async def _dies_at(self, life: Life, point: str) -> None:
        """There is always something more to do meanwhile, for which what is stopped may hold the locks."""
        is_over = asyncio.Event()
        working = asyncio.create_task(self._work_until(is_over))
        try:
            self.reached[point] += await life.stops_by_itself(LONGEST_WAIT_AT_A_POINT)
            await self.dies(life)
        finally:
            is_over.set()
            await working

    async def _work_until(self, is_over: asyncio.Event) -> None:
        begun = self.world.machine.elapsed()
        while not is_over.is_set():
            await asyncio.sleep(GLANCE)
            if self.world.machine.elapsed() > begun + WORK_EVERY:
                await self.work()
                begun = self.world.machine.elapsed()

    async def finish(self, *kinds: str) -> None:
        """What waits is sent, and what a platform can be asked about is settled, with nobody killed any more."""
        async with self.world.database.writing() as session:
            if self.held:
                await broadcasts.resume(session, self.held)
        # Hundreds of broadcasts may still have to be walked, past thousands of newcomers: no longer in small pieces.
        self.world.settings.clear()
        async with self.world.running(*kinds):
            await self.world.platforms.telegram.settled()
            await self.world.settles()
        unknown = (await self.world.states())["unknown"]
        for _round in range(FINAL_ROUNDS):
            self.world.machine.put(ABSENT)
            async with self.world.running(*kinds):
                await self.world.settles()
        self.figures.notes.append(f"unknown before Twilio's list was asked for the last time: {unknown}")
        await self.world.sums_hold(self.figures, {self.old: self.finished})
        await self.world.counted(self.figures, self.old)
        self._judge()

    def _judge(self) -> None:
        figures = self.figures
        figures.nothing_lost_or_twice()
        figures.must(figures.unknown <= figures.in_flight, "what is unknown was in flight at a kill")
        resumed(figures)
        never = [name for name in self.reached if not self.reached[name]]
        figures.must(not never, f"every named point was reached; not: {', '.join(never)}")
        figures.notes.append(f"at named points: {self.reached.total()} of {figures.faults}")
        faults = self.world.faults()
        figures.notes += [f"the programs said {number} x {what}" for what, number in faults.most_common(5)]


async def alone(how: How, kills: int, name: str) -> Figures:
    """One program with an SQLite file."""
    figures = Figures(name)
    async with world(how, SQLITE, speed=SPEED, sms=True, settings=dict(SETTINGS)) as made:
        campaign = Campaign(made, figures, how.chance)
        await campaign.begin(kills)
        for point in campaign.order(kills):
            await campaign.work()
            if point in ASKING:
                made.machine.put(LATER)
            if point in AFTER_A_CRASH:
                await campaign.killed(made.life(ALONE, stops=CLAIMED), CLAIMED)
            await campaign.killed(made.life(ALONE, stops=point), point)
        await campaign.finish(ALONE)
    return figures


async def several(how: How, kills: int, name: str) -> Figures:
    """Two workers and a web app on PostgreSQL; one of the three is killed, the others go on."""
    figures = Figures(name)
    async with world(how, POSTGRESQL, speed=SPEED, sms=True, settings=dict(SETTINGS)) as made:
        campaign = Campaign(made, figures, how.chance)
        await campaign.begin(kills)
        others = {1: made.life(WORKER), 2: made.life(WORKER), 0: made.life(WEB)}
        for point in campaign.order(kills):
            place = _place(campaign.chance, point)
            await campaign.dies(others[place])
            await campaign.work()
            others[place] = made.life(WORKER if place else WEB, stops=point)
            await campaign.killed(others[place], point)
            others[place] = made.life(WORKER if place else WEB)
        for life in others.values():
            await life.ends()
        await campaign.finish(WORKER, WORKER, WEB)
    return figures


def _place(chance: random.Random, point: str) -> int:
    if point in WEB_POINTS:
        return 0
    return chance.choice([1, 2] if point in WORKER_POINTS else [0, 1, 2])


async def _finished_long_ago(world: World, number: int) -> str:
    """A broadcast of which only the count is to stay."""
    name, now = fresh(), world.machine.now()
    writes = Writes()
    for _time in range(number):
        writes.insert(
            delivery,
            id=fresh(),
            person_id=fresh(),
            broadcast_id=name,
            channel="telegram",
            lane=Lane.BULLETIN,
            turn=0,
            part=1,
            state="delivered",
            due=now - timedelta(days=40),
            attempts=0,
            ended=(now - timedelta(days=40)).date(),
        )
    async with world.database.writing() as session:
        await broadcasts.add(
            session, NewBroadcast(PROCESS, Subject("bulletin", "old"), "{}", Lane.BULLETIN, id=name), now
        )
        await session.exec_driver_sql("UPDATE broadcast SET expanded = true")
        await write(session, writes)
    return name


async def run(how: How) -> AsyncIterator[Figures]:
    yield await alone(how, how.of(56, 600), "kills, SQLite, one program")
    yield await several(how, how.of(22, 210), "kills, PostgreSQL, 2 workers + web")
