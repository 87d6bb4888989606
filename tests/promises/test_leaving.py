"""Once STOP or FORGET is committed nothing new is claimed for that person, however the two race."""

import asyncio
import random
from datetime import timedelta

import pytest

from broadcast.expand import expand
from channels.messages import Outgoing
from handlers import bulletins, processes
from handlers.conversations import hear
from handlers.writing import contents
from storage import Database, Keyring, broadcasts
from storage.addresses import Change
from storage.lanes import Lane
from storage.outbox import claims, deliveries
from storage.states import State
from tests.promises.talking import begin, deployment, inbox_of, says
from tests.storage.rows import NOW, Somebody, meet, opened, queue, until_somebody_waits

LEASE = NOW + timedelta(minutes=1)
BULLETINS = 5
PEOPLE = 12


async def _people(database: Database, keys: Keyring, number: int) -> list[Somebody]:
    await begin(database)
    async with database.writing() as session:
        people = [await meet(session, keys, str(70_000 + place)) for place in range(number)]
        for who in people:
            for _time in range(BULLETINS):
                await queue(session, who, Outgoing("news").packed(), lane=Lane.BULLETIN, turn=0)
    return people


async def _claim(database: Database, keys: Keyring, most: int = 50) -> list[str]:
    async with database.writing() as session:
        claimed = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, most))
        return [delivery.to for delivery in claimed if delivery.body is not None and "news" in delivery.body]


@pytest.mark.parametrize("word", ["/stop", "/forget"])
async def test_nothing_new_is_claimed_for_who_has_left(database: Database, keys: Keyring, word: str) -> None:
    """Two workers claim while everybody leaves, each at another instant."""
    people = await _people(database, keys, PEOPLE)
    inbox, gone = inbox_of(database), set[str]()
    chance = random.Random(11)

    async def leaves(who: Somebody) -> None:
        await asyncio.sleep(chance.uniform(0, 0.2))
        await inbox.take([says(who.sender, word, f"leave-{who.sender}")])
        if word == "/forget":
            await inbox.take([says(who.sender, "1", f"sure-{who.sender}")])
        gone.add(who.sender)

    async def works() -> None:
        while len(gone) < PEOPLE:
            before = set(gone)
            assert not before & set(await _claim(database, keys, 2))
            await asyncio.sleep(0)

    await asyncio.gather(works(), works(), *(leaves(who) for who in people))
    assert await _claim(database, keys) == []
    async with database.reading() as session:
        found = await session.exec_driver_sql("SELECT count(*) FROM delivery WHERE lane = 2 AND state = 'queued'")
        assert found.scalar_one() == 0


async def test_nothing_is_claimed_while_a_stop_is_being_committed(postgresql_url: str, keys: Keyring) -> None:
    """Also not what was made after the STOP had looked for it."""
    async with opened(postgresql_url) as database:
        [alice] = await _people(database, keys, 1)
        async with database.writing() as stopping:
            await hear(stopping, deployment(), [says(alice.sender, "/stop", "1")], NOW)
            async with database.writing() as session:
                await queue(session, alice, Outgoing("news").packed(), lane=Lane.BULLETIN, turn=0)
            assert await _claim(database, keys) == []
        assert await _claim(database, keys) == []


async def test_a_stop_waits_for_the_claim_that_was_first(postgresql_url: str, keys: Keyring) -> None:
    async with opened(postgresql_url) as database:
        [alice] = await _people(database, keys, 1)
        async with database.writing() as claiming:
            claimed = await claims.claim(claiming, keys, claims.Claim("telegram", "worker", NOW, LEASE, 1))
            assert len(claimed) == 1
            stopping = asyncio.create_task(inbox_of(database).take([says(alice.sender, "/stop", "1")]))
            await until_somebody_waits(claiming)
        await stopping
        async with database.reading() as session:
            rows = await session.exec_driver_sql("SELECT state FROM delivery WHERE lane = 2")
            assert sorted(rows.scalars()) == ["cancelled"] * (BULLETINS - 1) + ["sending"]


async def test_a_broadcast_that_was_being_made_meanwhile_does_not_reach_who_left(
    postgresql_url: str, keys: Keyring
) -> None:
    async with opened(postgresql_url) as database:
        [alice] = await _people(database, keys, 1)
        async with database.writing() as session:
            process = await processes.named(session)
            name = await bulletins.publish(session, process, contents.Bulletin({"en": "news"}), NOW)
        async with database.writing() as stopping:
            await hear(stopping, deployment(), [says(alice.sender, "/stop", "1")], NOW)
            assert await expand(database, NOW)
        async with database.reading() as session:
            assert await broadcasts.counts(session, name) == {"queued": 1}
        assert await _claim(database, keys) == []
        async with database.reading() as session:
            assert await broadcasts.counts(session, name) == {"cancelled": 1}


async def test_what_went_back_to_waiting_after_a_stop_does_not_leave_after_a_start(
    database: Database, keys: Keyring
) -> None:
    [alice] = await _people(database, keys, 1)
    async with database.writing() as session:
        [flying, *_] = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 1))
    await inbox_of(database).take([says(alice.sender, "/stop", "1")])
    async with database.writing() as session:
        await deliveries.settle(session, "worker", [deliveries.Outcome(flying.id, State.QUEUED, due=NOW)], NOW)
    await inbox_of(database).take([says(alice.sender, "/start", "2")])
    assert await _claim(database, keys) == []


async def test_a_block_does_not_undo_a_stop(database: Database, keys: Keyring) -> None:
    [alice] = await _people(database, keys, 1)
    async with database.writing() as session:
        [flying, *_] = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 1))
    await inbox_of(database).take([says(alice.sender, "/stop", "1")])
    async with database.writing() as session:
        gone = deliveries.Outcome(flying.id, State.FAILED, change=Change(alice.address, "blocked"))
        await deliveries.settle(session, "worker", [gone], NOW)
    async with database.reading() as session:
        found = await session.exec_driver_sql("SELECT reach FROM address")
        assert found.scalar_one() == "opted_out"
