"""The same thing said again, by whomever and in whatever order, has one effect."""

import asyncio
from contextlib import AsyncExitStack
from itertools import permutations

import pytest
from sqlalchemy import func, select

import storage
from channels.messages import Report, Status
from channels.verdicts import Act, Reach, Verdict
from storage import Database, Keyring
from storage.outbox import claims, deliveries, unknowns
from storage.states import State
from storage.tables import delivery, event, person
from tests.promises.talking import begin, inbox_of, says
from tests.storage.rows import NOW, meet, queue

GONE = Verdict(Act.DROP, "the number is gone", reach=Reach.INVALID)


async def _count(database: Database, table: object) -> int:
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


async def test_ten_times_at_once_is_once(database: Database) -> None:
    await begin(database)
    inbox = inbox_of(database)
    await asyncio.gather(*(inbox.take([says("70001", "hello", "1")]) for _time in range(10)))
    assert [await _count(database, table) for table in (event, person, delivery)] == [1, 1, 1]


async def test_at_once_to_several_programs_is_once(database: Database, database_url: str) -> None:
    """Each has its own connections, as web processes have."""
    await begin(database)
    async with AsyncExitStack() as others:
        lines = []
        for _program in range(3):
            other = storage.open(database_url)
            others.push_async_callback(other.close)
            lines.append(inbox_of(other))
        every = [line.take([says(f"7000{number}", "hello", f"{number}")]) for line in lines for number in range(8)]
        await asyncio.gather(*every)
    assert [await _count(database, table) for table in (event, person, delivery)] == [8, 8, 8]


async def test_two_messages_of_one_new_person_at_two_programs_meet_one_person(
    database: Database, database_url: str
) -> None:
    await begin(database)
    other = storage.open(database_url)
    try:
        programs = (inbox_of(database), inbox_of(other))
        both = [program.take([says("70001", f"hello {n}", f"{n}")]) for n, program in enumerate(programs)]
        await asyncio.gather(*both)
    finally:
        await other.close()
    assert [await _count(database, table) for table in (event, person, delivery)] == [2, 1, 2]


@pytest.mark.parametrize("settled_after", range(5))
async def test_the_order_of_callbacks_changes_nothing(database: Database, keys: Keyring, settled_after: int) -> None:
    """Twice each, in every order, and wherever our own settling falls among them."""
    words = (Status.SENT, Status.DELIVERED, Status.READ)
    inbox = inbox_of(database)
    orders = list(permutations(words))
    async with database.writing() as session:
        who = [await meet(session, keys, f"{n}", channel="sms") for n in range(len(orders))]
        for somebody in who:
            await queue(session, somebody)
        claimed = await claims.claim(session, keys, claims.Claim("sms", "worker", NOW, NOW, 50))
    for order, mine in zip(orders, claimed, strict=True):
        reports = [Report("sms", mine.id, f"SM{mine.id}", word) for word in (*order, *order)]
        await inbox.take(reports[:settled_after])
        async with database.writing() as session:
            sent = deliveries.Outcome(mine.id, State.SENT, f"SM{mine.id}", 1)
            await deliveries.settle(session, "worker", [sent], NOW)
        await inbox.take(reports[settled_after:])
    async with database.reading() as session:
        rows = await session.execute(select(delivery.c.state, delivery.c.provider_id, delivery.c.id))
        assert all((row.state, row.provider_id) == ("delivered", f"SM{row.id}") for row in rows)


async def test_a_late_callback_resolves_what_was_unknown(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys, channel="sms"))
        [claimed] = await claims.claim(session, keys, claims.Claim("sms", "worker", NOW, NOW, 1))
        assert await unknowns.abandon(session, NOW, everybody=True) == 1
    await inbox_of(database).take([Report("sms", claimed.id, "SM1", Status.DELIVERED)])
    async with database.reading() as session:
        row = (await session.execute(select(delivery.c.state, delivery.c.provider_id))).one()
    assert tuple(row) == ("delivered", "SM1")


async def test_a_callback_that_says_gone_cancels_what_waits(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        who = await meet(session, keys, channel="sms")
        await queue(session, who, turn=1)
        [claimed] = await claims.claim(session, keys, claims.Claim("sms", "worker", NOW, NOW, 1))
        await deliveries.settle(session, "worker", [deliveries.Outcome(claimed.id, State.SENT, "SM1", 1)], NOW)
        await queue(session, who, turn=2)
    await inbox_of(database).take([Report("sms", claimed.id, "SM1", Status.FAILED, "30006", GONE)])
    async with database.reading() as session:
        rows = await session.execute(select(delivery.c.state).order_by(delivery.c.turn))
        assert list(rows.scalars()) == ["failed", "cancelled"]
