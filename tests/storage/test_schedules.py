"""What is due is taken by one worker."""

from datetime import timedelta

from storage import Database, Session, schedules
from tests.storage.rows import NOW, PROCESS

DAY = timedelta(days=1)


async def start(session: Session, name: str, days: int) -> None:
    await schedules.add(session, schedules.Schedule(name, PROCESS, "{}", "daily", NOW + days * DAY, NOW))


async def taken(session: Session) -> list[str]:
    return [schedule.id for schedule in await schedules.take_due(session, NOW)]


async def test_what_is_due_is_taken_the_longest_due_first(database: Database) -> None:
    async with database.writing() as session:
        for name, days in (("today", 0), ("tomorrow", 1), ("yesterday", -1)):
            await start(session, name, days)
        assert await taken(session) == ["yesterday", "today"]
        assert [schedule.id for schedule in await schedules.waiting(session, PROCESS)] == [
            "yesterday",
            "today",
            "tomorrow",
        ]


async def test_what_was_moved_is_due_when_it_was_moved_to(database: Database) -> None:
    async with database.writing() as session:
        await start(session, "a", 0)
        await schedules.move(session, "a", NOW + DAY)
        assert await taken(session) == []
        [found] = await schedules.waiting(session, PROCESS)
    assert (found.due, found.made, found.content, found.rule) == (NOW + DAY, NOW, "{}", "daily")


async def test_what_was_removed_is_not_there(database: Database) -> None:
    async with database.writing() as session:
        await start(session, "a", 0)
        assert await schedules.remove(session, PROCESS, "a")
        assert not await schedules.remove(session, PROCESS, "a")
        assert await taken(session) == []


async def test_what_one_worker_holds_another_passes_over(postgresql: Database) -> None:
    async with postgresql.writing() as session:
        await start(session, "a", 0)
    async with postgresql.writing() as session, postgresql.writing() as other:
        assert await taken(session) == ["a"]
        await start(other, "b", 0)
        assert await taken(other) == ["b"]
        await schedules.move(session, "a", NOW + DAY)
    async with postgresql.writing() as session:
        assert await taken(session) == ["b"]
