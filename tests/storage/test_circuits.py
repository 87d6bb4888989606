"""A channel that is out of order is known to everybody until it works again."""

from datetime import timedelta

from storage import Database, circuits
from storage.circuits import Circuit
from tests.storage.rows import NOW

SECOND = timedelta(seconds=1)


async def test_what_breaks_again_is_tried_later_and_has_been_broken_since_the_first_time(database: Database) -> None:
    async with database.writing() as session:
        await circuits.break_(session, "sms", "401", NOW + SECOND, NOW)
        await circuits.break_(session, "sms", "30002", NOW + 3 * SECOND, NOW + 2 * SECOND)
        assert await circuits.broken(session) == [Circuit("sms", "30002", NOW, NOW + 3 * SECOND)]


async def test_what_works_again_is_said_once(database: Database) -> None:
    async with database.writing() as session:
        assert not await circuits.mend(session, "sms")
        for channel in ("whatsapp", "sms"):
            await circuits.break_(session, channel, "401", NOW + SECOND, NOW)
        assert [one.channel for one in await circuits.broken(session)] == ["sms", "whatsapp"]
        assert await circuits.mend(session, "sms")
        assert not await circuits.mend(session, "sms")
        assert [one.channel for one in await circuits.broken(session)] == ["whatsapp"]


async def test_it_is_tried_when_its_time_has_come_by_whoever_asks_first(database: Database) -> None:
    async with database.writing() as session:
        assert not await circuits.probe(session, "sms", NOW, NOW)
        await circuits.break_(session, "sms", "401", NOW + SECOND, NOW)
        later = NOW + 2 * SECOND
        assert not await circuits.probe(session, "sms", later, NOW)
        assert await circuits.probe(session, "sms", later, NOW + SECOND)
        assert not await circuits.probe(session, "sms", later, NOW + SECOND)
        assert await circuits.probe(session, "sms", later + SECOND, later)
