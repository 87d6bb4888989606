"""Never more than the rate and the burst in any second, here and in Redis: whatever is lost makes it slower."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from socket import socket
from time import monotonic

from broadcast.hints import connected
from broadcast.pace import CAREFUL, PERSON_BURST, Here, Pacer, Schedules, Shared
from channels import Pace
from tests import servers
from tests.broadcast.conftest import Dial, Kept

QUICK = Pace(rate=200, burst=10, gap=timedelta(milliseconds=100))
SLOW = Pace(rate=0.1, burst=10, gap=timedelta(0))
"""So slow that no place comes back while a test looks."""


def pacer(schedules: Schedules, pace: Pace = QUICK) -> Pacer:
    return Pacer("telegram", pace, schedules)


@dataclass(frozen=True, slots=True)
class Had:
    """So many places were had at some instant between two that we know."""

    since: float
    until: float
    places: int


async def spends(kept: Kept, mine: Pacer, seconds: float, had: list[Had]) -> None:
    """Take whatever there is for so long."""
    end = kept.clock() + seconds
    while kept.clock() < end:
        before = kept.clock()
        places, wait = await mine.take(50)
        had.append(Had(before, kept.clock(), places))
        await kept.sleep(max(wait.total_seconds(), 0.001))


def is_kept(pace: Pace, had: Sequence[Had]) -> bool:
    """In no stretch of time, however long, more places than its rate and one burst."""
    some = [one for one in had if one.places]
    return all(
        sum(one.places for one in some if first.since <= one.since and one.until <= last.until)
        <= pace.rate * (last.until - first.since) + pace.burst + 0.01
        for first in some
        for last in some
        if first.since <= last.until
    )


def number(had: Sequence[Had]) -> int:
    return sum(one.places for one in had)


async def warm(kept: Kept, mine: Pacer) -> None:
    """Until there is a whole burst."""
    await mine.take(50)
    await kept.sleep((QUICK.burst + 1) / QUICK.rate)


async def test_the_rate_is_kept_from_the_start_and_reached(kept: Kept) -> None:
    taken: list[Had] = []
    await spends(kept, pacer(kept.schedules), 0.5, taken)
    assert is_kept(QUICK, taken)
    assert number(taken) >= 0.7 * QUICK.rate * 0.5


async def test_a_start_has_no_burst(kept: Kept) -> None:
    places, wait = await pacer(kept.schedules).take(50)
    assert places == 0
    assert timedelta(0) < wait <= timedelta(seconds=1 / QUICK.rate)


async def test_after_quiet_there_is_a_burst_and_no_more(kept: Kept) -> None:
    mine = pacer(kept.schedules)
    await warm(kept, mine)
    places, _ = await mine.take(50)
    assert places == QUICK.burst


async def test_several_share_one_rate(kept: Kept) -> None:
    taken: list[Had] = []
    await asyncio.gather(*(spends(kept, pacer(kept.schedules), 0.4, taken) for _worker in range(3)))
    assert is_kept(QUICK, taken)


async def full(kept: Kept) -> Pacer:
    """One that has a whole burst, and for long nothing more."""
    mine = pacer(kept.schedules, SLOW)
    await mine.take(50)
    await mine.give_back(50)
    return mine


async def test_what_is_given_back_can_be_taken_and_no_more(kept: Kept) -> None:
    mine = await full(kept)
    assert (await mine.take(50))[0] == SLOW.burst
    assert (await mine.take(50))[0] == 0
    await mine.give_back(4)
    assert (await mine.take(50))[0] == 4
    await mine.give_back(1000)
    assert (await mine.take(50))[0] == SLOW.burst


async def test_after_everything_was_forgotten_there_is_no_more_than_was_given_back(kept: Kept) -> None:
    mine = pacer(kept.schedules, SLOW)
    await mine.give_back(2)
    assert (await mine.take(50))[0] <= 2


async def test_segments_are_charged(kept: Kept) -> None:
    mine = await full(kept)
    assert (await mine.take(1))[0] == 1
    await mine.charge(4)
    assert (await mine.take(50))[0] == SLOW.burst - 4
    await mine.charge(3)
    assert (await mine.take(50))[1] > 2 * timedelta(seconds=1 / SLOW.rate)


async def test_a_pause_is_kept_whatever_is_given_back(kept: Kept) -> None:
    mine = pacer(kept.schedules)
    await warm(kept, mine)
    in_hand, _ = await mine.take(5)
    await mine.pause(timedelta(seconds=0.1))
    began = kept.clock()
    await mine.give_back(in_hand)
    while not (await mine.take(50))[0]:
        await kept.sleep(0.005)
    assert kept.clock() - began >= 0.09


async def test_a_shorter_pause_does_not_end_a_longer_one(kept: Kept) -> None:
    mine = pacer(kept.schedules)
    await mine.pause(timedelta(seconds=30))
    await mine.pause(timedelta(seconds=1))
    places, wait = await mine.take(50)
    assert places == 0
    assert wait > timedelta(seconds=29)


async def test_a_person_is_not_written_to_too_often(kept: Kept) -> None:
    gap = timedelta(seconds=0.3)
    mine = pacer(kept.schedules, Pace(QUICK.rate, QUICK.burst, gap))
    waits = [await mine.for_person("alice") for _one in range(PERSON_BURST + 1)]
    assert waits[:PERSON_BURST] == [timedelta(0)] * PERSON_BURST
    assert timedelta(0) < waits[-1] <= gap
    assert await mine.for_person("bob") == timedelta(0)
    await kept.sleep(gap.total_seconds())
    assert await mine.for_person("alice") == timedelta(0)
    assert await mine.for_person("alice") > timedelta(0)


async def test_where_there_is_no_gap_nobody_waits(kept: Kept) -> None:
    mine = pacer(kept.schedules, Pace(rate=1, burst=1, gap=timedelta(0)))
    assert {await mine.for_person("alice") for _one in range(10)} == {timedelta(0)}


async def test_many_people_do_not_fill_the_memory() -> None:
    dial = Dial()
    schedules = Here(dial)
    mine = Pacer("telegram", QUICK, schedules)
    for one in range(10_001):
        await mine.for_person(str(one))
        dial.at += 1
    assert len(schedules._used) < 100


async def test_two_programs_share_one_rate_through_redis(redis_url: str) -> None:
    """On Redis and on Valkey."""
    first, second = connected(redis_url), connected(redis_url)
    taken: list[Had] = []
    try:
        both = [Kept(Shared(one, monotonic), monotonic, asyncio.sleep) for one in (first, second)]
        await asyncio.gather(*(spends(kept, pacer(kept.schedules), 0.4, taken) for kept in both))
    finally:
        await first.aclose()
        await second.aclose()
    assert is_kept(QUICK, taken)
    assert number(taken) >= 0.5 * QUICK.rate * 0.4


async def test_a_redis_that_forgets_everything_makes_it_no_faster(one_redis_url: str) -> None:
    redis = connected(one_redis_url)
    address = one_redis_url.removeprefix("redis://").removesuffix("/0")
    kept = Kept(Shared(redis, monotonic), monotonic, asyncio.sleep)
    mine, taken = pacer(kept.schedules), list[Had]()
    try:
        spending = asyncio.create_task(spends(kept, mine, 0.5, taken))
        for _flush in range(8):
            await asyncio.sleep(0.05)
            await asyncio.to_thread(servers.flush, address)
        await spending
    finally:
        await redis.aclose()
    assert is_kept(QUICK, taken)
    assert number(taken)


async def test_a_pause_outlives_a_redis_that_forgets_everything(one_redis_url: str) -> None:
    redis = connected(one_redis_url)
    mine = pacer(Shared(redis, monotonic))
    try:
        await mine.pause(timedelta(seconds=30))
        await redis.flushall()
        assert (await mine.take(50))[1] > timedelta(seconds=29)
    finally:
        await redis.aclose()


async def test_without_redis_a_part_of_the_rate_is_used() -> None:
    dial = Dial()
    redis = connected(f"redis://127.0.0.1:{_nobodys_port()}/0")
    kept, taken = Kept(Shared(redis, dial), dial, dial.sleep), list[Had]()
    mine = pacer(kept.schedules)
    try:
        await spends(kept, mine, 2, taken)
        await mine.charge(2)
        await mine.give_back(1)
        await mine.pause(timedelta(seconds=1))
        assert await mine.take(50) == (0, timedelta(seconds=1))
    finally:
        await redis.aclose()
    assert is_kept(Pace(CAREFUL * QUICK.rate, 1, QUICK.gap), taken)
    assert number(taken) >= 0.9 * CAREFUL * QUICK.rate * 2


async def test_a_redis_that_never_answers_is_not_waited_for_long() -> None:
    with closing(socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        redis = connected(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        try:
            mine = pacer(Shared(redis, monotonic))
            async with asyncio.timeout(2):
                for _one in range(10):
                    await mine.take(50)
        finally:
            await redis.aclose()


def _nobodys_port() -> int:
    with closing(socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        return int(nobody.getsockname()[1])
