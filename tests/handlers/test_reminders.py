"""Who has not voted is reminded once, before a round closes."""

from datetime import timedelta

import pytest

from bot.housekeeping import Housekeeping
from broadcast.wake import Waker
from handlers import processes, rounds
from handlers.rounds import REMINDED_BEFORE, SHORTEST_ROUND
from storage import broadcasts
from storage import rounds as stored
from storage.outbox import expansion
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, opened, seated
from tests.handlers.test_telling import BY_DAY, NIGHT
from tests.handlers.written import to_vote

REMINDER = "The vote ends soon: What comes first. You have not voted yet."


async def reminds(house: House) -> int:
    return await house.does(lambda session, now: rounds.remind(session, now))


async def soon_over(house: House, *senders: str) -> tuple[str, list[Writer]]:
    """A round that everybody was invited to and that ends soon."""
    council = [await seated(house, sender) for sender in senders]
    name = await opened(house, to_vote())
    for member in council:
        await member.hears()
    async with house.database.reading() as session:
        found = await stored.get(session, name)
    assert found is not None
    house.now = found.closes - REMINDED_BEFORE
    return name, council


async def test_who_has_not_voted_is_reminded_once(house: House) -> None:
    _name, (alice, bob, cosma) = await soon_over(house, "1", "2", "3")
    await bob.says("vote", "1", "1")
    await cosma.says("stop")
    assert await reminds(house) == 1
    assert REMINDER in await alice.hears()
    house.now += timedelta(hours=1)
    assert await reminds(house) == 0
    assert [await member.hears() for member in (alice, bob, cosma)] == ["", "", ""]


async def test_nobody_is_reminded_too_early_or_when_it_is_over(house: House) -> None:
    name, (alice,) = await soon_over(house, "1")
    house.now -= timedelta(seconds=1)
    assert await reminds(house) == 0
    house.now += REMINDED_BEFORE + timedelta(seconds=1)
    assert await reminds(house) == 0
    await closed(house, name)
    house.now -= timedelta(hours=1)
    assert await reminds(house) == 0
    assert REMINDER not in await alice.hears()


async def test_nobody_is_reminded_of_what_was_opened_just_now(house: House) -> None:
    alice = await seated(house, "1")
    house.now = house.now.replace(hour=6)
    await opened(house, to_vote(days=0))
    await alice.hears()
    house.now += SHORTEST_ROUND - timedelta(seconds=1)
    assert await reminds(house) == 0
    house.now += timedelta(seconds=1)
    assert await reminds(house) == 1


async def test_who_votes_before_the_reminder_leaves_is_not_reminded(house: House) -> None:
    _name, (alice, bob) = await soon_over(house, "1", "2")
    await alice.says("vote", "1")
    assert await reminds(house) == 2
    await house.takes(alice.message("1"))
    assert REMINDER not in await alice.hears()
    assert REMINDER in await bob.hears()


async def test_who_leaves_or_is_forgotten_before_the_reminder_leaves_is_not_reminded(house: House) -> None:
    _name, (alice, bob) = await soon_over(house, "1", "2")
    await alice.says("seat")
    await bob.says("forget")
    await reminds(house)
    for member in (alice, bob):
        await house.takes(member.message("1"))
    assert REMINDER not in await alice.hears() + await bob.hears()


async def test_a_reminder_leaves_by_day_and_not_when_the_round_is_over(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, BY_DAY, now))
    name, _council = await soon_over(house, "1")
    house.now = NIGHT.replace(day=house.now.day)
    assert await reminds(house) == 1
    async with house.database.reading() as session:
        found = await stored.get(session, name)
        (reminder, *_others) = await broadcasts.latest(session, house.process, 1)
    assert found is not None
    assert (reminder.not_after, reminder.audience.has_not_voted) == (found.closes, True)
    assert reminder.hours is not None


async def test_who_was_killed_while_reminding_reminds_again_and_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _name, (alice,) = await soon_over(house, "1")
    for room, function in ((expansion, "expand"), (stored, "reminded")):
        with monkeypatch.context() as broken:
            broken.setattr(room, function, lambda *_arguments: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await reminds(house)
    assert await alice.hears() == ""
    await reminds(house)
    await reminds(house)
    assert (await alice.hears()).count(REMINDER) == 1


async def test_of_two_workers_one_reminds(postgresql_house: House) -> None:
    house = postgresql_house
    _name, (alice,) = await soon_over(house, "1")
    async with house.database.writing() as session:
        assert await rounds.remind(session, house.now) == 1
        async with house.database.writing() as other:
            assert await rounds.remind(other, house.now) == 0
    assert (await alice.hears()).count(REMINDER) == 1


async def test_housekeeping_reminds(house: House) -> None:
    _name, (alice,) = await soon_over(house, "1")
    for _time in range(2):
        await Housekeeping(house.database, house.keys, {}, Waker()).keep(house.now)
    assert (await alice.hears()).count(REMINDER) == 1
