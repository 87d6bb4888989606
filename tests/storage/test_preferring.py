"""Of several chats of a person one is written to: the one that they prefer, or where they gave what is answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage import Database, Keyring, Session, links, responses
from storage.broadcasts import EVERYBODY, Audience, Plan
from storage.outbox import expansion
from storage.states import ResponseState
from storage.tables import address, contribution, delivery
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, announce, give, meet

ANSWERED = Audience(response="r")


async def two_chats(session: Session, keys: Keyring) -> tuple[Somebody, Somebody]:
    """One person on Telegram and, where they wrote last, by SMS."""
    alice = await meet(session, keys, "70001", spoke=NOW - timedelta(hours=1))
    return alice, await also_at(session, keys, alice, "+12025550101", channel="sms")


async def written_to(session: Session, audience: Audience = EVERYBODY, elsewhere: bool = False) -> list[str]:
    """At which addresses they are."""
    made = replace(await announce(session, plan=Plan(elsewhere=elsewhere)), audience=audience)
    await expansion.expand(session, made, NOW, None)
    return list((await session.execute(select(delivery.c.address_id))).scalars())


async def gives(session: Session, where: Somebody | None, who: Somebody, days: int = 0) -> str:
    name = await give(session, who, moment=NOW + timedelta(days=days))
    place = None if where is None else where.address
    await session.execute(update(contribution).where(contribution.c.id == name).values(address_id=place))
    return name


async def answers(session: Session, *names: str) -> None:
    new = responses.NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW)
    await responses.respond(session, new, names)


async def is_lost(session: Session, where: Somebody, reach: str = "opted_out") -> None:
    await session.execute(update(address).where(address.c.id == where.address).values(reach=reach))


async def test_who_prefers_none_is_written_to_where_they_wrote_last(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        _alice, phone = await two_chats(session, keys)
        assert await written_to(session) == [phone.address]


async def test_the_preferred_chat_goes_before_the_last_one(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _phone = await two_chats(session, keys)
        await links.prefer(session, alice.id, alice.address)
        assert await written_to(session) == [alice.address]


@pytest.mark.parametrize("reach", ["opted_out", "blocked", "invalid"])
async def test_where_the_preferred_chat_is_out_of_reach_the_last_one_is(
    database: Database, keys: Keyring, reach: str
) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await links.prefer(session, alice.id, alice.address)
        await is_lost(session, alice, reach)
        assert await written_to(session) == [phone.address]


async def test_a_chat_that_is_gone_is_preferred_by_nobody(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await links.prefer(session, alice.id, "gone")
        assert await written_to(session) == [phone.address]


async def test_a_response_goes_to_where_it_was_given_whatever_they_prefer(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await links.prefer(session, alice.id, phone.address)
        await answers(session, await gives(session, alice, alice))
        assert await written_to(session, ANSWERED) == [alice.address]


async def test_of_several_contributions_the_newest_says_where(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        names = [await gives(session, where, alice, days) for where, days in ((phone, 0), (alice, 2), (phone, 1))]
        await answers(session, *names)
        assert await written_to(session, ANSWERED) == [alice.address]


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_it_goes_nowhere_else_unless_its_broadcast_allows_it(
    database: Database, keys: Keyring, elsewhere: bool
) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await answers(session, await gives(session, alice, alice))
        await is_lost(session, alice)
        assert await written_to(session, ANSWERED, elsewhere) == ([phone.address] if elsewhere else [])


async def test_what_was_given_before_that_was_kept_is_answered_as_before(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await answers(session, await gives(session, None, alice))
        assert await written_to(session, ANSWERED) == [phone.address]
