"""A channel that is out of order is known to everybody until it works again."""

import asyncio
from datetime import timedelta

import pytest

from storage import Database, Keyring, Session, circuits
from storage.circuits import OpenCircuit
from storage.outbox import reports
from storage.outbox.reports import Word
from storage.states import State
from tests.storage.rows import NOW, announce, meet, owe, until_somebody_waits

SECOND = timedelta(seconds=1)


async def test_what_breaks_again_is_tried_later_and_has_been_broken_since_the_first_time(database: Database) -> None:
    async with database.writing() as session:
        await circuits.break_(session, "sms", "401", NOW + SECOND, NOW)
        await circuits.break_(session, "sms", "30002", NOW + 3 * SECOND, NOW + 2 * SECOND)
        assert await circuits.broken(session) == [OpenCircuit("sms", "30002", NOW, NOW + 3 * SECOND)]


async def test_what_works_again_is_said_once(database: Database) -> None:
    async with database.writing() as session:
        assert not await circuits.mend(session, "sms")
        for channel in ("whatsapp", "sms"):
            await circuits.break_(session, channel, "401", NOW + SECOND, NOW)
        assert [circuit.channel for circuit in await circuits.broken(session)] == ["sms", "whatsapp"]
        assert await circuits.mend(session, "sms")
        assert not await circuits.mend(session, "sms")
        assert [circuit.channel for circuit in await circuits.broken(session)] == ["whatsapp"]


async def test_it_is_tried_when_its_time_has_come_by_whoever_asks_first(database: Database) -> None:
    async with database.writing() as session:
        assert not await circuits.probe(session, "sms", NOW, NOW)
        await circuits.break_(session, "sms", "401", NOW + SECOND, NOW)
        later = NOW + 2 * SECOND
        assert not await circuits.probe(session, "sms", later, NOW)
        assert await circuits.probe(session, "sms", later, NOW + SECOND)
        assert not await circuits.probe(session, "sms", later, NOW + SECOND)
        assert await circuits.probe(session, "sms", later + SECOND, later)


PROOF = timedelta(minutes=2)


async def until(session: Session) -> timedelta | None:
    """For how long nothing leaves; None: there is no circuit."""
    found = await circuits.broken(session)
    return found[0].until - NOW if found else None


async def test_what_a_reporting_platform_took_is_waited_for(database: Database) -> None:
    async with database.writing() as session:
        assert not await circuits.accepted(session, "sms", "d1", NOW + PROOF, NOW)
        await circuits.break_(session, "sms", "30002", NOW, NOW)
        assert not await circuits.accepted(session, "sms", "d1", NOW + PROOF, NOW)
        assert await until(session) == PROOF
        assert await circuits.accepted(session, "sms", "d2", NOW + 2 * PROOF, NOW + PROOF)
        assert await until(session) is None


async def test_a_failure_of_what_it_took_begins_all_over(database: Database) -> None:
    async with database.writing() as session:
        await circuits.break_(session, "sms", "30002", NOW, NOW)
        await circuits.accepted(session, "sms", "d1", NOW + PROOF, NOW)
        await circuits.break_(session, "sms", "30002", NOW + SECOND, NOW)
        assert not await circuits.accepted(session, "sms", "d2", NOW + PROOF, NOW)


@pytest.mark.parametrize(("word", "waits"), [("accepted", PROOF), ("sent", SECOND), ("delivered", SECOND)])
@pytest.mark.parametrize("first", ["the report", "our own word"])
async def test_a_report_that_it_has_left_lets_the_next_one_try(
    database: Database, keys: Keyring, word: str, waits: timedelta, first: str
) -> None:
    state = None if word == "accepted" else State(word)
    async with database.writing() as session:
        await announce(session)
        name = await owe(session, await meet(session, keys, channel="sms"), state="sending")
        await circuits.break_(session, "sms", "30002", NOW, NOW)
        words = [Word(name, "m1", word, "", state)]
        if first == "the report":
            await reports.take(session, words, NOW)
            assert not await circuits.accepted(session, "sms", name, NOW + PROOF, NOW + SECOND)
        else:
            assert not await circuits.accepted(session, "sms", name, NOW + PROOF, NOW)
            await reports.take(session, words, NOW + SECOND)
        assert await until(session) == waits


@pytest.mark.parametrize("first", ["the report", "our own word"])
async def test_a_report_at_the_very_moment_of_our_own_word_is_not_lost(
    postgresql: Database, keys: Keyring, first: str
) -> None:
    async with postgresql.writing() as session:
        await announce(session)
        name = await owe(session, await meet(session, keys, channel="sms"), state="sending")
        await circuits.break_(session, "sms", "30002", NOW + SECOND, NOW)

    async def report(session: Session) -> object:
        return await reports.take(session, [Word(name, "m1", "sent", "", State.SENT)], NOW)

    async def accept(session: Session) -> object:
        return await circuits.accepted(session, "sms", name, NOW + PROOF, NOW)

    quicker, slower = (report, accept) if first == "the report" else (accept, report)

    async def follow() -> None:
        async with postgresql.writing() as session:
            await slower(session)

    async with asyncio.TaskGroup() as tasks:
        async with postgresql.writing() as session:
            await quicker(session)
            following = tasks.create_task(follow())
            await until_somebody_waits(session)
        await following
    async with postgresql.reading() as session:
        assert await until(session) == timedelta(0)


async def test_a_report_on_another_message_proves_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        name = await owe(session, await meet(session, keys, channel="sms"), state="sent")
        await circuits.break_(session, "sms", "30002", NOW, NOW)
        await circuits.accepted(session, "sms", "another", NOW + PROOF, NOW)
        await reports.take(session, [Word(name, "m1", "delivered", "", State.DELIVERED)], NOW + SECOND)
        assert await until(session) == PROOF
