"""The key of a round is made for its first ballot, follows a change of keys, and takes over what was there before."""

import pytest
from sqlalchemy import select, update

from storage import Database, Keyring, Session, ballots, joining, round_keys, rounds
from storage.joining import Pair
from storage.keys import Unreadable
from storage.tables import ballot, roll, round_key
from tests.storage.rows import NOW, Somebody, meet
from tests.storage.test_rounds import start
from tests.storage.votes import vote, vote_of, votes


async def cast_before(session: Session, who: Somebody, filled_in: str) -> None:
    """As ballots were kept before rounds had keys."""
    before = round_keys._before.c
    old = {"matters": who.key.seal(filled_in, before.matters, "r"), "cast": who.key.seal("2026", before.cast, "r")}
    await session.execute(update(roll).where(roll.c.person_id == who.id).values(voted=True, **old))


async def test_what_was_cast_before_there_were_keys_is_taken_over(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = [await meet(session, keys, f"7000{number}") for number in range(3)]
        await start(session, alice.id, bob.id, carol.id)
        await cast_before(session, alice, '["m1"]')
        await cast_before(session, bob, '["m2"]')
        assert await vote(session, keys, carol, "r", '["m3"]')
        assert await votes(session, keys, "r") == ['["m1"]', '["m2"]', '["m3"]']
        assert await vote_of(session, keys, alice, "r") == '["m1"]'
        assert (await session.execute(select(roll.c.matters, roll.c.cast))).all() == [(None, None)] * 3
        codes = {kept.code for kept in await ballots.ballots(session, keys, "r")}
        assert len(codes) == 3
        assert await rounds.turnout(session, "r") == (3, 3)


async def test_a_look_a_close_and_two_chats_that_are_linked_take_it_over_too(database: Database, keys: Keyring) -> None:
    for way in ("look", "close", "link"):
        async with database.writing() as session:
            alice, bob = [await meet(session, keys, f"7000{number}") for number in range(2)]
            await start(session, alice.id, bob.id)
            await cast_before(session, alice, '["m1"]')
            if way == "look":
                assert await vote_of(session, keys, alice, "r") == '["m1"]'
            if way == "link":
                await joining.join(session, Pair(bob.key, alice.key, keys), NOW)
                assert await vote_of(session, keys, bob, "r") == '["m1"]'
            assert await votes(session, keys, "r") == ['["m1"]']
            await session.rollback()


async def test_a_link_that_was_put_to_another_person_opens_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = [await meet(session, keys, f"7000{number}") for number in range(2)]
        await start(session, alice.id, bob.id)
        await vote(session, keys, alice, "r", '["m1"]')
        link = (await session.execute(select(roll.c.link).where(roll.c.person_id == alice.id))).scalar_one()
        await session.execute(update(roll).where(roll.c.person_id == bob.id).values(link=link, voted=True))
        with pytest.raises(Unreadable):
            await vote_of(session, keys, bob, "r")


async def test_the_key_follows_a_change_of_keys(database: Database, keys: Keyring) -> None:
    old = Keyring({1: keys.wrapping[1]}, keys.index_key)
    new = Keyring({2: keys.wrapping[2]}, keys.index_key)
    async with database.writing() as session:
        alice = await meet(session, keys)
        await start(session, alice.id)
        await vote(session, old, alice, "r", '["m1"]')
        assert await round_keys.in_other_epochs(session, keys) == 1
        assert await round_keys.reseal(session, keys) == 1
        assert await round_keys.in_other_epochs(session, keys) == 0
        assert await votes(session, new, "r") == ['["m1"]']
        await rounds.close(session, "r", "{}", NOW)
        assert (await session.execute(select(round_key))).all() == []
        assert (await session.execute(select(ballot))).all() == []
