"""Moments are remembered, and what is to be done once is done by one."""

import asyncio
from datetime import timedelta

from storage import Database, marks
from tests.storage.rows import NOW, until_somebody_waits

SECOND = timedelta(seconds=1)


async def test_a_moment_is_remembered_until_it_is_put_anew_or_removed(database: Database) -> None:
    async with database.writing() as session:
        assert await marks.at(session, marks.ALIVE) is None
        for moment in (NOW, NOW + SECOND):
            await marks.put(session, marks.ALIVE, moment)
            assert await marks.at(session, marks.ALIVE) == moment
        assert await marks.at(session, marks.HELD) is None
        assert [await marks.remove(session, marks.ALIVE) for _time in range(2)] == [True, False]
        assert await marks.at(session, marks.ALIVE) is None


async def test_a_turn_comes_when_the_last_one_is_past(database: Database) -> None:
    async with database.writing() as session:
        for seconds, comes in ((0, True), (0, False), (9, False), (10, False), (11, True), (12, False), (22, True)):
            now = NOW + seconds * SECOND
            assert await marks.turn_comes(session, "asking", now - 10 * SECOND, now) is comes
        assert await marks.turn_comes(session, "something else", NOW, NOW)


async def test_a_turn_taken_by_a_clock_that_was_ahead_holds_up_nobody(database: Database) -> None:
    async with database.writing() as session:
        ahead = NOW + timedelta(days=1)
        assert await marks.turn_comes(session, "asking", ahead - 10 * SECOND, ahead)
        assert await marks.turn_comes(session, "asking", NOW - 10 * SECOND, NOW)
        assert await marks.at(session, "asking") == NOW
        slightly = NOW + 30 * SECOND
        assert await marks.turn_comes(session, "asking", slightly - 10 * SECOND, slightly)
        assert not await marks.turn_comes(session, "asking", NOW - 10 * SECOND, NOW)


async def test_a_worker_that_ended_under_a_clock_that_was_ahead_is_counted_no_more(database: Database) -> None:
    async with database.writing() as session:
        ahead = NOW + timedelta(days=1)
        assert await marks.workers(session, "ended", ahead, ahead - 10 * SECOND) == 1
        assert await marks.workers(session, "runs", NOW, NOW - 10 * SECOND) == 1


async def test_of_two_at_once_it_is_the_turn_of_one(postgresql: Database) -> None:
    async def other() -> bool:
        async with postgresql.writing() as session:
            return await marks.turn_comes(session, "asking", now - SECOND, now)

    for now in (NOW, NOW + 2 * SECOND):  # the first time ever, and a later one
        async with postgresql.writing() as session:
            assert await marks.turn_comes(session, "asking", now - SECOND, now)
            waiting = asyncio.create_task(other())
            await until_somebody_waits(session)
        assert not await waiting


async def test_whose_turn_was_taken_back_leaves_it_to_the_next(postgresql: Database) -> None:
    async with postgresql.writing() as session:
        assert await marks.turn_comes(session, "asking", NOW - SECOND, NOW)
        await session.rollback()
    async with postgresql.writing() as session:
        assert await marks.turn_comes(session, "asking", NOW - SECOND, NOW)
