"""Never more than the rate and the burst in any second, here and in Redis: whatever is lost makes it slower."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from socket import socket
from time import monotonic

import pytest

import servers
from broadcast.pace import LOOK_AHEAD, LocalPace, Pacer, Places, Schedules
from broadcast.pace.afar import connected
from broadcast.pace.rule import HALF_RATE_FOR, LEAST_WORKERS, SHARE_USED
from broadcast.pace.shared import SharedPace
from channels import Pace
from demo.serving import free_port
from storage.lanes import Lane
from tests.broadcast.conftest import Dial, Kept
from tests.waiting import PATIENCE

QUICK = Pace(rate=200, burst=10, gap=timedelta(milliseconds=100))
SLOW = Pace(rate=0.1, burst=10, gap=timedelta(0))
"""So slow that no place comes back while a test looks."""
NOTHING = timedelta(0)


def pacer(kept: Kept, pace: Pace = QUICK) -> Pacer:
    return Pacer("telegram", pace, kept.schedules)


async def spends(kept: Kept, mine: Pacer, number: int, had: list[float]) -> None:
    """Take whatever there is until all have had so many together: how long that takes is the machine's matter."""
    async with asyncio.timeout(PATIENCE):
        while len(had) < number:
            places = await mine.take(50)
            had.extend(instants(places))
            await kept.sleep(max(places.wait.total_seconds(), 0.001))


def instants(places: Places) -> list[float]:
    """By the clock of the schedule, which does not tremble however busy the machine is."""
    granted = places.granted
    return (
        [max(granted.now, granted.begin + place * granted.every) for place in range(granted.number)] if granted else []
    )


def is_kept(pace: Pace, had: Sequence[float]) -> bool:
    """In no stretch of time, however long, more places than its rate and one burst."""
    some = sorted(had)
    return all(
        later - sooner + 1 <= pace.rate * (some[later] - some[sooner]) + pace.burst + 0.01
        for sooner in range(len(some))
        for later in range(sooner, len(some))
    )


async def warm(kept: Kept, mine: Pacer) -> None:
    """Until there is a whole burst."""
    await mine.take(1)
    await kept.sleep(LOOK_AHEAD + (QUICK.burst + 3) / QUICK.rate)


async def first(kept: Kept, mine: Pacer) -> Places:
    """The first places that there are."""
    while not (places := await mine.take(50)):
        await kept.sleep(places.wait.total_seconds())
    return places


async def full(kept: Kept) -> Pacer:
    """One that has a whole burst, and for long nothing more."""
    mine = pacer(kept, SLOW)
    places = await first_of_all(mine)
    await mine.give_back(places, 0)
    return mine


async def first_of_all(mine: Pacer) -> Places:
    """Of a sender that has rested for long."""
    await mine._schedules.charge(mine._rule, -1000)
    return await mine.take(50)


# How many, and when


async def test_the_rate_is_kept_from_the_start_and_reached(kept: Kept) -> None:
    had: list[float] = []
    await spends(kept, pacer(kept), 100, had)
    assert is_kept(QUICK, had)


async def test_a_machine_that_is_never_late_reaches_the_rate() -> None:
    dial, had = Dial(), list[float]()
    kept = Kept(LocalPace(dial), dial, dial.sleep)
    await spends(kept, pacer(kept), 200, had)
    assert dial.at - 1000 <= 200 / (SHARE_USED * QUICK.rate) + LOOK_AHEAD


async def test_places_lie_as_far_apart_as_the_rate_says(kept: Kept) -> None:
    mine = pacer(kept)
    places = await first(kept, mine)
    apart = [later - sooner for sooner, later in zip(instants(places), instants(places)[1:], strict=False)]
    assert len(places) > 1
    assert all(abs(gap - 1 / (SHARE_USED * QUICK.rate)) < 1e-5 for gap in apart)
    assert places.granted
    assert instants(places)[-1] - places.granted.now <= LOOK_AHEAD + 1e-5


async def test_the_instants_of_places_are_those_of_our_own_clock(kept: Kept) -> None:
    before = kept.clock()
    places = await first(kept, pacer(kept))
    assert all(before <= place <= kept.clock() + LOOK_AHEAD + 0.001 for place in places.at)


async def test_a_start_has_no_burst(kept: Kept) -> None:
    places = await pacer(kept).take(50)
    assert len(places) == 0
    assert timedelta(0) < places.wait <= timedelta(seconds=1 / QUICK.rate + 0.03)


async def test_after_quiet_there_is_a_burst_and_no_more(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    places = await mine.take(50)
    at_once = instants(places)[0] + 1e-4
    assert len([instant for instant in instants(places) if instant <= at_once]) == QUICK.burst
    assert is_kept(QUICK, instants(places))


async def test_several_share_one_rate(kept: Kept) -> None:
    had: list[float] = []
    await asyncio.gather(*(spends(kept, pacer(kept), 100, had) for _worker in range(3)))
    assert is_kept(QUICK, had)


async def test_places_close_together_are_handed_out_together(kept: Kept) -> None:
    """However many workers ask: each claim costs nearly as much for one as for twenty."""
    workers, had = [pacer(kept, Pace(rate=1000, burst=1, gap=NOTHING)) for _worker in range(3)], list[int]()
    end = kept.clock() + 0.5
    while kept.clock() < end:
        places = [await worker.take(200) for worker in workers]
        had.extend(len(those) for those in places if those)
        await kept.sleep(min(those.wait.total_seconds() for those in places) / 2 + 0.001)
    assert min(had) >= 20


async def test_where_nothing_is_to_be_had_nobody_is_asked_again() -> None:
    dial = Dial()
    schedules = Counting(dial)
    mine = Pacer("telegram", QUICK, schedules)
    wait = (await mine.take(50)).wait
    assert 0 <= (wait - (await mine.take(50)).wait).total_seconds() < 1e-6
    assert schedules.requests == 1
    dial.at += wait.total_seconds()
    assert await mine.take(50)


class Counting(LocalPace):
    requests = 0

    async def take(self, rule, most):  # type: ignore[no-untyped-def]
        self.requests += 1
        return await super().take(rule, most)


# What is given back


async def test_what_is_given_back_can_be_taken_and_no_more(kept: Kept) -> None:
    mine = await full(kept)
    places = await mine.take(50)
    assert len(places) == SLOW.burst
    await mine.give_back(places, SLOW.burst - 4)
    assert len(await mine.take(50)) == 4
    assert len(await mine.take(50)) == 0


async def test_what_somebody_has_taken_since_is_not_given_twice(kept: Kept) -> None:
    mine, theirs = await full(kept), pacer(kept, SLOW)
    places = await mine.take(4)
    assert len(await theirs.take(3)) == 3
    await mine.give_back(places, 0)
    assert len(await theirs.take(50)) == SLOW.burst - 7


async def test_after_everything_was_forgotten_nothing_is_given_back(one_redis_url: str) -> None:
    redis = connected(one_redis_url)
    kept = Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep)
    try:
        mine = await full(kept)
        places = await mine.take(5)
        await redis.flushall()
        await mine.give_back(places, 0)
        assert len(await mine.take(50)) == 0
    finally:
        await redis.aclose()


async def test_segments_are_charged(kept: Kept) -> None:
    mine = await full(kept)
    assert len(await mine.take(1)) == 1
    await mine.charge(0)
    assert len(await mine.take(SLOW.burst - 4)) == SLOW.burst - 4
    await mine.charge(5)
    assert (await pacer(kept, SLOW).take(50)).wait > 2 * timedelta(seconds=1 / SLOW.rate)


# Who is too slow


async def test_a_place_is_lost_to_whom_would_send_together_with_the_next() -> None:
    dial = Dial()
    mine = Pacer("telegram", Pace(rate=50, burst=1, gap=NOTHING), LocalPace(dial))
    assert not mine.is_lost(dial.at + 0.01, dial.at)
    assert not mine.is_lost(dial.at - 0.009, dial.at)
    assert mine.is_lost(dial.at - 0.011, dial.at)
    slow = Pacer("sms", Pace(rate=1, burst=1, gap=NOTHING), LocalPace(dial))
    assert not slow.is_lost(dial.at - 0.14, dial.at)
    assert slow.is_lost(dial.at - 0.16, dial.at)


# Whom a platform told to wait


async def test_a_pause_is_kept_whatever_is_given_back(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    places = await mine.take(5)
    began = kept.clock()
    await mine.pause(timedelta(seconds=0.2))
    await mine.give_back(places, 0)
    assert (await first(kept, mine)).at[0] - began >= 0.199


async def test_after_a_pause_there_is_no_burst(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    before = (await mine.take(1)).granted
    await mine.pause(timedelta(seconds=0.2))
    await kept.sleep(0.2)
    after = (await first(kept, mine)).granted
    assert before
    assert after
    assert after.begin >= before.now + 0.2


async def test_a_shorter_pause_does_not_end_a_longer_one(kept: Kept) -> None:
    mine = pacer(kept)
    await mine.pause(timedelta(seconds=30))
    await mine.pause(timedelta(seconds=1))
    places = await mine.take(50)
    assert len(places) == 0
    assert places.wait > timedelta(seconds=29)


async def test_what_was_claimed_before_a_pause_does_not_leave_in_it(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    assert await mine.take(1)
    assert mine.held(Lane.REPLY) == NOTHING
    await mine.pause(timedelta(seconds=30))
    assert mine.held(Lane.REPLY) > timedelta(seconds=29)


async def test_a_chat_that_is_told_to_wait_waits_and_nobody_else(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    await mine.told_to_wait("alice", timedelta(seconds=30), Lane.REPLY)
    alice, bob = await mine.for_people(["alice", "bob"])
    assert timedelta(seconds=29) < alice <= timedelta(seconds=30)
    assert bob == NOTHING
    places = await mine.take(50)
    assert len(places) > 0
    assert places.last_lane == Lane.BULLETIN


async def test_a_person_is_never_written_to_before_the_wait_is_over() -> None:
    dial = Dial()
    mine = Pacer("telegram", QUICK, LocalPace(dial))
    await mine.told_to_wait("alice", timedelta(seconds=3), Lane.REPLY)
    dial.at += 2.99
    assert await mine.for_people(["alice"]) > [NOTHING]
    dial.at += 0.011
    assert await mine.for_people(["alice"] * 2) == [NOTHING, timedelta(seconds=0.099)]


async def test_a_bulletin_that_is_told_to_wait_holds_bulletins_and_no_reply(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    await mine.told_to_wait("alice", timedelta(seconds=30), Lane.BULLETIN)
    places = await mine.take(50)
    assert len(places) > 0
    assert places.last_lane == Lane.NOTICE
    assert mine.held(Lane.BULLETIN) > timedelta(seconds=29)
    assert mine.held(Lane.REPLY) == NOTHING


async def test_all_workers_hear_that_bulletins_are_held(kept: Kept) -> None:
    await warm(kept, pacer(kept))
    await pacer(kept).told_to_wait("alice", timedelta(seconds=30), Lane.BULLETIN)
    assert (await pacer(kept).take(50)).last_lane == Lane.NOTICE


async def test_one_chat_told_twice_is_still_one_chat(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    for _time in range(3):
        await mine.told_to_wait("alice", timedelta(seconds=30), Lane.REPLY)
    assert len(await mine.take(50)) > 0


async def test_two_chats_told_within_a_second_hold_everybody(kept: Kept) -> None:
    mine = pacer(kept)
    await warm(kept, mine)
    await mine.told_to_wait("alice", timedelta(seconds=20), Lane.REPLY)
    await mine.told_to_wait("bob", timedelta(seconds=30), Lane.REPLY)
    places = await mine.take(50)
    assert len(places) == 0
    assert timedelta(seconds=29) < places.wait < timedelta(seconds=31)


async def test_what_another_sender_is_told_in_between_changes_nothing(kept: Kept) -> None:
    mine, other = pacer(kept), Pacer("sms", QUICK, kept.schedules)
    await warm(kept, mine)
    await mine.told_to_wait("alice", timedelta(seconds=30), Lane.REPLY)
    await other.told_to_wait("carol", timedelta(seconds=30), Lane.REPLY)
    await mine.told_to_wait("bob", timedelta(seconds=30), Lane.REPLY)
    assert (await mine.take(50)).wait > timedelta(seconds=29)


async def test_two_chats_told_one_after_the_other_hold_nobody_else() -> None:
    dial = Dial()
    mine = Pacer("telegram", QUICK, LocalPace(dial))
    await mine.told_to_wait("alice", timedelta(seconds=20), Lane.REPLY)
    dial.at += 1.01
    await mine.told_to_wait("bob", timedelta(seconds=20), Lane.REPLY)
    assert len(await mine.take(50)) == 0
    dial.at += 0.2
    assert len(await mine.take(50)) > 0


async def test_after_everybody_was_held_the_rate_is_halved(kept: Kept) -> None:
    mine = pacer(kept, replace(QUICK, burst=1))
    for who in ("alice", "bob"):
        await mine.told_to_wait(who, timedelta(seconds=0.1), Lane.REPLY)
    at = instants(await first(kept, mine))
    assert abs(at[1] - at[0] - 2 / (SHARE_USED * QUICK.rate)) < 1e-5


async def test_the_rate_is_halved_for_five_minutes() -> None:
    dial = Dial()
    mine = Pacer("telegram", QUICK, LocalPace(dial))
    for who in ("alice", "bob"):
        await mine.told_to_wait(who, timedelta(seconds=1), Lane.REPLY)
    for later, times in ((HALF_RATE_FOR, 2), (2, 1)):
        dial.at += later
        places = await first(Kept(mine._schedules, dial, dial.sleep), mine)
        assert abs(places.at[-1] - places.at[-2] - times / (SHARE_USED * QUICK.rate)) < 1e-5


# One person


async def test_a_person_is_not_written_to_too_often(kept: Kept) -> None:
    gap = timedelta(seconds=0.3)
    mine = pacer(kept, replace(QUICK, gap=gap))
    waits = await mine.for_people(["alice"] * (QUICK.person_burst + 1) + ["bob"])
    assert waits[: QUICK.person_burst] == [NOTHING] * QUICK.person_burst
    assert NOTHING < waits[QUICK.person_burst] <= gap
    assert waits[-1] == NOTHING
    await kept.sleep(gap.total_seconds())
    again = await mine.for_people(["alice", "alice"])
    assert again[0] == NOTHING
    assert again[1] > NOTHING


async def test_where_there_is_no_gap_nobody_waits(kept: Kept) -> None:
    mine = pacer(kept, Pace(rate=1, burst=1, gap=NOTHING))
    assert set(await mine.for_people(["alice"] * 10)) == {NOTHING}
    assert await mine.for_people([]) == []


async def test_many_people_do_not_fill_the_memory() -> None:
    dial = Dial()
    schedules = LocalPace(dial)
    mine = Pacer("telegram", QUICK, schedules)
    for number in range(10_002):
        await mine.for_people([str(number)])
        dial.at += 1
    assert len(schedules._until) < 100


# Redis


async def test_two_programs_share_one_rate_through_redis(redis_url: str) -> None:
    """On Redis and on Valkey."""
    first, second = connected(redis_url), connected(redis_url)
    had: list[float] = []
    try:
        both = [Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep) for redis in (first, second)]
        await asyncio.gather(*(spends(kept, pacer(kept), 100, had) for kept in both))
    finally:
        await first.aclose()
        await second.aclose()
    assert is_kept(QUICK, had)


async def test_a_redis_that_forgets_everything_makes_it_no_faster(one_redis_url: str) -> None:
    redis = connected(one_redis_url)
    address = one_redis_url.removeprefix("redis://").removesuffix("/0")
    kept = Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep)
    had: list[float] = []
    try:
        spending = asyncio.create_task(spends(kept, pacer(kept), 100, had))
        while not spending.done():
            await asyncio.wait([spending], timeout=0.15)
            await asyncio.to_thread(servers.flush, address)
        await spending
    finally:
        await redis.aclose()
    assert is_kept(QUICK, had)
    assert had


async def test_what_was_held_stays_held_when_redis_forgets_everything(one_redis_url: str) -> None:
    redis = connected(one_redis_url)
    kept = Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep)
    mine = pacer(kept)
    try:
        await warm(kept, mine)
        await mine.told_to_wait("alice", timedelta(seconds=30), Lane.BULLETIN)
        await redis.flushall()
        assert (await mine.take(50)).last_lane == Lane.NOTICE
        assert (await mine.for_people(["alice"]))[0] > timedelta(seconds=29)
        await mine.told_to_wait("bob", timedelta(seconds=30), Lane.BULLETIN)
        await mine.pause(timedelta(seconds=30))
        await redis.flushall()
        assert (await pacer(kept).take(50)).wait > timedelta(seconds=29)
    finally:
        await redis.aclose()


async def test_who_heard_of_a_hold_remembers_it_when_redis_does_not(one_redis_url: str) -> None:
    """Those who were told are not the only ones who know."""
    redis = connected(one_redis_url)
    informed, other = (Kept(SharedPace(redis, monotonic), monotonic, asyncio.sleep) for _worker in range(2))
    try:
        await pacer(informed).pause(timedelta(seconds=30))
        await pacer(other).take(50)
        await redis.flushall()
        assert (await pacer(other).take(50)).wait > timedelta(seconds=29)
    finally:
        await redis.aclose()


async def test_without_redis_a_part_of_the_rate_is_used() -> None:
    dial = Dial()
    redis = connected(f"redis://127.0.0.1:{free_port()}/0")
    kept, had = Kept(SharedPace(redis, dial), dial, dial.sleep), list[float]()
    mine = pacer(kept)
    try:
        began = dial.at
        await spends(kept, mine, 100, had)
        took = dial.at - began
        await mine.charge(1)
        await mine.give_back(await mine.take(1), 0)
        await mine.pause(timedelta(seconds=1))
        dial.at += 0.5
        places = await mine.take(50)
        assert len(places) == 0
        assert 0.4 < places.wait.total_seconds() + LOOK_AHEAD <= 0.51
        assert await mine.for_people(["alice"]) == [NOTHING]
    finally:
        await redis.aclose()
    assert is_kept(Pace(QUICK.rate / LEAST_WORKERS, 1, QUICK.gap), had)
    assert len(had) >= 0.9 * QUICK.rate / LEAST_WORKERS * took


@pytest.mark.parametrize("workers", [2, 7])
async def test_workers_that_do_not_hear_of_each_other_share_one_rate(workers: int) -> None:
    """Without Redis, and when it is away."""
    dial, had = Dial(), list[float]()
    redis = connected(f"redis://127.0.0.1:{free_port()}/0")
    try:
        for kind in (LocalPace, partial(SharedPace, redis)):
            each = [Pacer("telegram", QUICK, kind(dial)) for _worker in range(workers)]
            for worker in each:
                worker._schedules.workers = workers
            end = dial.at + 3
            while dial.at < end:
                for worker in each:
                    had += instants(await worker.take(50))
                dial.at += 0.01
            # Each begins by itself: as many at once as there are of them.
            assert is_kept(replace(QUICK, burst=max(workers, LEAST_WORKERS)), had)
            assert len(had) >= 0.9 * QUICK.rate * 3 * workers / max(workers, LEAST_WORKERS)
            had.clear()
    finally:
        await redis.aclose()


async def test_a_redis_that_never_answers_is_not_waited_for_long() -> None:
    with closing(socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        redis = connected(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        try:
            schedules: Schedules = SharedPace(redis, monotonic)
            async with asyncio.timeout(PATIENCE):
                for worker in range(100):
                    await Pacer(str(worker), QUICK, schedules).take(50)
        finally:
            await redis.aclose()
