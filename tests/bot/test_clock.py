"""One clock for a deployment: whatever is done to a machine's own, nothing is early, nothing is twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

import storage
from bot import clock
from bot.clock import PATIENCE, Clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
CHECK = 10 * SECOND


class World:
    """The true time, and how wrong the database's clock is; it answers after a while."""

    def __init__(self) -> None:
        self.passed = timedelta(0)
        self.wrong = timedelta(0)
        self.answers_after = timedelta(0)
        self.clock = Clock(lambda: NOON, lambda: self.passed)

    @property
    def time(self) -> datetime:
        return NOON + self.passed

    async def moment(self) -> datetime:
        self.passed += self.answers_after / 2
        moment = self.time + self.wrong
        self.passed += self.answers_after / 2
        return moment

    async def lives(self, time: timedelta) -> list[timedelta]:
        """Let it pass, with the checks that fall into it; gives how much the clock was ahead of the true time."""
        database: Any = self
        ahead = []
        for _check in range(time // CHECK):
            self.passed += CHECK
            ahead.append(self.clock.now() - self.time)
            await self.clock.check(database)
        return ahead


@pytest.fixture
async def world() -> World:
    """One in which everything has been right for a while."""
    made = World()
    await made.lives(CHECK)
    return made


async def test_it_goes_by_the_time_that_passes(world: World) -> None:
    world.passed += HOUR
    assert world.clock.now() == world.time


@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
async def test_a_clock_that_is_wrong_by_an_hour_for_some_minutes_is_not_believed(
    world: World, wrong: timedelta
) -> None:
    world.wrong = wrong
    assert set(await world.lives(PATIENCE - CHECK)) == {timedelta(0)}
    world.wrong = timedelta(0)
    assert set(await world.lives(2 * PATIENCE)) == {timedelta(0)}


async def test_a_clock_that_is_wrong_again_and_again_is_not_believed(world: World) -> None:
    for _time in range(5):
        world.wrong = HOUR
        await world.lives(PATIENCE / 2)
        world.wrong = timedelta(0)
        assert set(await world.lives(CHECK)) == {timedelta(0)}


async def test_a_clock_that_cannot_decide_is_not_believed(world: World) -> None:
    for number in range(200):
        world.wrong = number * 6 * SECOND + HOUR
        assert await world.lives(CHECK) == [timedelta(0)]


async def test_a_difference_forwards_that_stands_is_jumped(world: World) -> None:
    world.wrong = HOUR
    await world.lives(PATIENCE + CHECK)
    assert world.clock.now() == world.time + HOUR
    assert set(await world.lives(PATIENCE)) == {HOUR}


async def test_a_difference_backwards_that_stands_is_made_up_for_at_half_speed(world: World) -> None:
    world.wrong = -HOUR
    await world.lives(PATIENCE + CHECK)
    before = world.clock.now()
    await world.lives(HOUR)
    assert world.clock.now() - before == HOUR / 2
    await world.lives(HOUR + CHECK)
    assert world.clock.now() == world.time - HOUR
    assert set(await world.lives(PATIENCE)) == {-HOUR}


@pytest.mark.parametrize("wrong", [4 * SECOND, -4 * SECOND])
async def test_a_small_difference_is_made_up_for_in_passing(world: World, wrong: timedelta) -> None:
    world.wrong = wrong
    await world.lives(CHECK)
    before = world.clock.now()
    world.passed += SECOND
    assert world.clock.now() - before == SECOND + (SECOND / 2 if wrong > timedelta(0) else -SECOND / 2)
    await world.lives(CHECK)
    assert world.clock.now() == world.time + wrong


async def test_the_time_that_an_answer_takes_is_no_difference(world: World) -> None:
    world.answers_after = SECOND / 2
    assert set(await world.lives(PATIENCE)) == {timedelta(0)}


async def test_an_answer_that_takes_too_long_says_nothing(world: World) -> None:
    world.answers_after, world.wrong = 2 * SECOND, HOUR
    assert set(await world.lives(2 * PATIENCE)) == {timedelta(0)}


@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
async def test_before_anybody_has_asked_the_database_is_believed_at_once(wrong: timedelta) -> None:
    world = World()
    world.wrong = wrong
    database: Any = world
    await world.clock.check(database)
    assert world.clock.now() == world.time + wrong


async def test_a_large_difference_is_said_once_and_again_when_it_is_believed(world: World) -> None:
    world.wrong = HOUR
    with capture_logs() as lines:
        await world.lives(PATIENCE + 5 * CHECK)
    assert [(line["event"], line["seconds"]) for line in lines] == [("clocks differ", 3600), ("clock set", 3600)]


@given(st.lists(st.tuples(st.timedeltas(timedelta(0), HOUR), st.timedeltas(-HOUR, HOUR)), max_size=40))
async def test_it_never_goes_back(lives: list[tuple[timedelta, timedelta]]) -> None:
    world = World()
    database: Any = world
    last = world.clock.now()
    for passed, wrong in lives:
        world.passed += passed
        world.wrong = wrong
        assert world.clock.now() >= last
        await world.clock.check(database)
        last, before = world.clock.now(), last
        assert last >= before


async def test_machines_that_disagree_follow_one_database() -> None:
    passed = timedelta(0)
    clocks = [Clock((NOON + wrong).replace, lambda: passed) for wrong in (HOUR, -HOUR, 3 * SECOND)]

    class Database:
        async def moment(self) -> datetime:
            return NOON + passed

    database: Any = Database()
    for machine in clocks:
        await machine.check(database)
    passed = timedelta(minutes=1)
    assert {machine.now() for machine in clocks} == {NOON + passed}


async def test_a_database_says_its_time(database_url: str) -> None:
    database = storage.open(database_url)
    try:
        moment = await database.moment()
        assert abs(clock.now() - moment) < HOUR
        assert moment.utcoffset() == timedelta(0)
    finally:
        await database.close()


def test_the_time_that_passes_only_passes() -> None:
    readings = [clock.elapsed() for _time in range(100)]
    assert readings == sorted(readings)
