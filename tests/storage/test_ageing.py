"""What has ended is forgotten when it is old, a batch at a time."""

from datetime import timedelta

from storage import Database, Keyring
from storage.outbox import ageing
from tests.storage.rows import NOW, meet, queue, states

DAY = timedelta(days=1)


async def test_only_what_ended_before_that_day_goes(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        old = [
            await queue(session, alice, turn=turn, state=state, ended=NOW.date() - DAY)
            for turn, state in enumerate(("sent", "delivered", "failed", "unknown", "expired", "cancelled"))
        ]
        stays = {
            await queue(session, alice, turn=10, state="sent", ended=NOW.date()): "sent",
            await queue(session, alice, turn=11, due=NOW - 99 * DAY): "queued",
            await queue(session, alice, turn=12, state="sending"): "sending",
        }
        assert [await ageing.age(session, NOW, 4) for _time in range(3)] == [4, len(old) - 4, 0]
        assert await states(session) == stays


async def test_two_age_at_once_and_neither_waits(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        for turn in range(4):
            await queue(session, alice, turn=turn, state="sent", ended=NOW.date() - DAY)
    async with postgresql.writing() as session, postgresql.writing() as other:
        await other.exec_driver_sql("SET LOCAL lock_timeout = 1000")
        assert [await ageing.age(session, NOW, 3), await ageing.age(other, NOW, 3)] == [3, 1]
