"""A vote is open to its roll until it closes; then only its result stays."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from storage import Database, Keyring, Session, people, rounds
from storage.rounds import Facing
from storage.states import Roll
from storage.tables import ballot, roll, round_key
from tests.storage.rows import NOW, PROCESS, Somebody, meet, until_somebody_waits
from tests.storage.votes import vote, votes

HOUR = timedelta(hours=1)


async def start(session: Session, *roll: str, name: str = "r", closes: timedelta = HOUR) -> None:
    await rounds.open_(session, rounds.NewRound(name, PROCESS, '{"title": "x"}', "approval", NOW, NOW + closes), roll)


async def test_a_ballot_counts_for_who_is_on_the_roll(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = [await meet(session, keys, f"7{number}") for number in range(3)]
        await start(session, alice.id, bob.id)
        assert await vote(session, keys, alice, "r", '["m1","m2"]', NOW)
        assert not await vote(session, keys, carol, "r", '["m1"]', NOW)
        assert await rounds.turnout(session, "r") == (2, 1)
        assert await votes(session, keys, "r") == ['["m1","m2"]']


async def test_a_ballot_can_be_replaced_until_the_round_closes(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await start(session, alice.id)
        for filled_in in ('["m1"]', '["m2","m3"]', "[]"):
            assert await vote(session, keys, alice, "r", filled_in, NOW)
            assert len(await votes(session, keys, "r")) == 1
        assert await votes(session, keys, "r") == ["[]"]
        assert not await vote(session, keys, alice, "r", '["m1"]', NOW + HOUR)
        assert await votes(session, keys, "r") == ["[]"]


async def test_after_closing_no_ballot_counts_and_none_is_kept(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await start(session, alice.id, bob.id)
        await vote(session, keys, alice, "r", '["m1"]', NOW)
        await rounds.close(session, "r", '{"m1": 1}', NOW)
        assert not await vote(session, keys, bob, "r", '["m1"]', NOW)
        assert (await session.execute(select(ballot))).all() == []
        assert (await session.execute(select(round_key))).all() == []
        assert set((await session.execute(select(roll.c.link))).scalars()) == {None}
        assert set((await session.execute(select(roll.c.person_id, roll.c.voted))).all()) == {
            (alice.id, True),
            (bob.id, False),
        }
        found = await rounds.get(session, "r")
        assert await rounds.turnout(session, "r") == (2, 1)
    assert found is not None
    assert (found.closed, found.result) == (NOW, '{"m1": 1}')


async def test_there_is_no_ballot_in_a_round_that_was_never_opened(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        assert not await vote(session, keys, alice, "never", '["m1"]', NOW)
        assert await rounds.get(session, "never") is None


async def test_a_round_may_have_nobody_on_its_roll(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await start(session)
        assert await rounds.turnout(session, "r") == (0, 0)


async def test_who_votes_meets_the_open_rounds_and_whether_they_voted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await start(session, alice.id)
        await start(session, bob.id, name="over", closes=timedelta(0))
        facing = Facing("r", '{"title": "x"}', NOW + HOUR, voted=False)
        assert await rounds.facing(session, PROCESS, alice.id, NOW) == [facing]
        assert await rounds.facing(session, PROCESS, bob.id, NOW) == []
        await vote(session, keys, alice, "r", '["m1"]', NOW)
        (found,) = await rounds.facing(session, PROCESS, alice.id, NOW)
    assert found.voted


async def test_a_round_whose_time_has_passed_is_overdue_until_it_is_closed(database: Database) -> None:
    async with database.writing() as session:
        await start(session, name="now")
        await start(session, name="later", closes=2 * HOUR)
        assert [late.id for late in await rounds.overdue(session, NOW + HOUR)] == ["now"]
        assert await rounds.overdue(session, NOW) == []
        await rounds.close(session, "now", "{}", NOW + HOUR)
        assert await rounds.overdue(session, NOW + HOUR) == []
        assert {shown.id for shown in await rounds.newest(session, PROCESS, 5)} == {"now", "later"}


async def test_the_ballot_of_who_is_forgotten_is_gone(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await start(session, alice.id, bob.id)
        for who in (alice, bob):
            await vote(session, keys, who, "r", '["m1"]', NOW)
        await people.erase(session, alice.id)
        assert await rounds.turnout(session, "r") == (1, 1)


async def test_a_ballot_that_waits_for_a_closing_comes_too_late(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        await start(session, alice.id)

    async def votes_late() -> bool:
        async with postgresql.writing() as session:
            return await vote(session, keys, alice, "r", '["m1"]', NOW)

    async with postgresql.writing() as session:
        await rounds.get(session, "r", lock=True)
        waiting = asyncio.create_task(votes_late())
        await until_somebody_waits(session)
        await rounds.close(session, "r", "{}", NOW)
    assert not await waiting


async def withdrawn(session: Session, who: Somebody) -> list[str]:
    """From which rounds."""
    names = [its.round for its in await rounds.open_to(session, PROCESS, who.id, NOW, tuple(Roll))]
    await rounds.withdraw(session, PROCESS, who.id, names)
    return names


async def test_who_leaves_is_off_the_rolls_that_are_open_and_on_those_that_were(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for name, closes in (("closed", HOUR), ("over", timedelta(0)), ("open", HOUR)):
            await start(session, alice.id, bob.id, name=name, closes=closes)
        await vote(session, keys, alice, "open", '["m1"]', NOW)
        await rounds.close(session, "closed", "{}", NOW)
        assert await withdrawn(session, alice) == ["open"]
        assert await withdrawn(session, alice) == []
        assert await rounds.turnout(session, "open") == (1, 0)
        assert [await rounds.is_on_roll(session, alice.id, name) for name in ("closed", "over", "open")] == [
            True,
            True,
            False,
        ]
        assert not await vote(session, keys, alice, "open", '["m1"]', NOW)


async def test_who_leaves_while_a_round_closes_has_voted_in_it(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        await start(session, alice.id)
        await vote(session, keys, alice, "r", '["m1"]', NOW)

    async def leave() -> list[str]:
        async with postgresql.writing() as session:
            return await withdrawn(session, alice)

    async with postgresql.writing() as session:
        await rounds.get(session, "r", lock=True)
        waiting = asyncio.create_task(leave())
        await until_somebody_waits(session)
        assert len(await votes(session, keys, "r")) == 1
        await rounds.close(session, "r", "{}", NOW)
    assert await waiting == []
    async with postgresql.reading() as session:
        assert await rounds.turnout(session, "r") == (1, 1)


async def test_a_closing_that_waits_for_who_leaves_does_not_count_them(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        await start(session, alice.id)
        await vote(session, keys, alice, "r", '["m1"]', NOW)

    async def close() -> int:
        async with postgresql.writing() as session:
            await rounds.get(session, "r", lock=True)
            return len(await votes(session, keys, "r"))

    async with postgresql.writing() as session:
        assert await withdrawn(session, alice) == ["r"]
        waiting = asyncio.create_task(close())
        await until_somebody_waits(session)
    assert await waiting == 0
