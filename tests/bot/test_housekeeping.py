"""Keeping house: what nobody has taken up in a month is erased."""

from datetime import timedelta

from bot.housekeeping import OLD, Housekeeping
from broadcast.wake import Waker
from handlers.signing_in import IDLE, named
from storage import Database, Keyring, events, marks, rounds, sign_ins
from tests.colleagues import signed_in
from tests.storage.rows import NOW, PROCESS, give, meet
from tests.storage.test_rounds import start
from tests.storage.votes import vote


async def test_a_message_that_our_code_failed_on_is_erased_after_a_month(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for name, at in (("old", NOW - OLD - timedelta(seconds=1)), ("new", NOW - OLD)):
            await events.park(session, keys, events.NewParked(name, "telegram", "index", "{}", "ValueError", at))
    await Housekeeping(database, keys, {}, Waker()).age(NOW)
    async with database.reading() as session:
        assert [parked.id for parked in await events.waiting(session)] == ["new"]
        assert await events.read_parked(session, keys, "old") is None


async def test_a_sign_in_that_is_over_is_deleted_and_one_that_goes_on_is_not(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        old, new = [await signed_in(session, now=at) for at in (NOW - IDLE, NOW)]
    await Housekeeping(database, keys, {}, Waker()).age(NOW)
    async with database.reading() as session:
        assert not await sign_ins.is_there(session, named(old))
        assert await sign_ins.is_there(session, named(new))


async def test_in_which_language_words_are_is_found_out_afterwards(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await give(session, alice, "Mes enfants attendent depuis deux ans une place à l’école.", spoken=False)
        await give(session, alice, "ok", spoken=False)
    for _time in range(2):
        await Housekeeping(database, keys, {}, Waker()).keep(NOW)
    async with database.reading() as session:
        found = (await session.exec_driver_sql("SELECT written_in FROM contribution ORDER BY 1")).scalars().all()
    assert found == ["", "fr"]


async def test_what_could_join_people_and_votes_goes_from_the_disk_after_a_close(
    database: Database, keys: Keyring
) -> None:
    """Once for each close; the ballot of who left goes before."""
    house = Housekeeping(database, keys, {}, Waker())
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for name in ("first", "second"):
            await start(session, alice.id, bob.id, name=name)
        for who in (alice, bob):
            await vote(session, keys, who, "second", "[]")
        await rounds.withdraw(session, PROCESS, alice.id, ["first", "second"])
        await rounds.close(session, "first", "{}", NOW)
    await house.keep(NOW)
    async with database.writing() as session:
        assert await marks.at(session, marks.SCRUBBED) == NOW
        assert len((await session.exec_driver_sql("SELECT id FROM ballot")).all()) == 1
        await rounds.close(session, "second", "{}", NOW + timedelta(minutes=1))
    await house.keep(NOW + timedelta(minutes=2))
    async with database.reading() as session:
        assert await marks.at(session, marks.SCRUBBED) == NOW + timedelta(minutes=1)
