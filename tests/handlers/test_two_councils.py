"""Who sits on two councils and leaves one of them votes no more in what is of that one."""

import dataclasses

import pytest

from handlers import councils, members
from handlers.writing import contents
from storage import ballots
from storage import rounds as stored
from tests.handlers.house import House, Writer
from tests.handlers.test_candidates import code_for, sitting
from tests.handlers.test_rounds import closed, opened
from tests.handlers.written import to_vote

NAMES = ("Youth council", "Health council")


async def made(house: House) -> tuple[str, str]:
    """Two councils."""
    first, second = [await _made(house, name) for name in NAMES]
    return first, second


async def _made(house: House, name: str) -> str:
    content = contents.Council({"en": name})
    council = await house.acts(lambda session, process, now: councils.open_(session, process, content, now))
    return council.id


async def seated(house: House, sender: str, *names: str) -> Writer:
    """Somebody who sits on each of these."""
    member = await house.meets(sender).joins()
    for name in names:
        assert "Welcome to the council." in await member.says(await code_for(house, name))
    return member


async def turnout(house: House, round_id: str) -> tuple[int, int]:
    async with house.database.reading() as session:
        return await stored.turnout(session, round_id)


async def vote_of(house: House, council_id: str) -> str:
    title = NAMES[0] if council_id else "Any of them"
    return await opened(house, dataclasses.replace(to_vote(f"{title} {council_id[:4]}"), council=council_id))


async def gives_up(member: Writer, name: str) -> None:
    question = await member.says("seat")
    lines = question.splitlines()
    place = lines.index(name) - lines.index(next(line for line in lines if line in NAMES)) + 1
    assert "You have left the council." in await member.says(str(place), "1")


async def votes_in_all(member: Writer, number: int) -> None:
    """The one in which nobody has voted comes first."""
    for _round in range(number):
        assert "We have your vote" in await member.says("vote", "1", "1")


async def test_who_leaves_one_of_two_councils_is_off_the_rolls_of_that_one_only(house: House) -> None:
    youth, health = await made(house)
    alice, _bob = await seated(house, "1", youth, health), await seated(house, "2", youth, health)
    names = [await vote_of(house, council) for council in (youth, health, "")]
    await votes_in_all(alice, 3)
    assert [await turnout(house, name) for name in names] == [(2, 1)] * 3
    await gives_up(alice, "Youth council")
    assert [await turnout(house, name) for name in names] == [(1, 0), (2, 1), (2, 1)]
    result = await closed(house, names[1])
    assert result.voters == 1
    assert "You have left the council." in await alice.says("seat", "1")
    assert [await turnout(house, name) for name in (names[0], names[2])] == [(1, 0), (1, 0)]
    assert (await turnout(house, names[1])) == (2, 1), "it had closed, and has counted"


async def test_the_ballot_of_who_left_is_thrown_away_and_the_others_stay(house: House) -> None:
    youth, health = await made(house)
    alice = await seated(house, "1", youth, health)
    names = [await vote_of(house, council) for council in (youth, health)]
    await votes_in_all(alice, 2)
    await gives_up(alice, "Health council")
    assert await house.does(lambda session, _now: ballots.drop_unlinked(session, house.keys)) == 1
    assert await house.column("SELECT round_id FROM ballot") == [names[0]]


@pytest.mark.parametrize("removed_first", [0, 1])
async def test_an_organizer_who_ends_a_seat_takes_back_the_votes_of_its_council_alone(
    house: House, removed_first: int
) -> None:
    councils_ = await made(house)
    alice = await seated(house, "1", *councils_)
    names = [await vote_of(house, council) for council in councils_]
    await votes_in_all(alice, 2)
    [seat] = [
        seat
        for seat in await house.acts(
            lambda session, process, _now: councils.seats_of(session, process, councils_[removed_first])
        )
        if seat.since is not None
    ]
    await house.acts(lambda session, process, now: members.remove(session, process, seat.id, now))
    expected = [(1, 1), (1, 1)]
    expected[removed_first] = (0, 0)
    assert [await turnout(house, name) for name in names] == expected
    assert await sitting(house, councils_[1 - removed_first]) == 1


async def test_who_leaves_the_process_is_off_all_rolls(house: House) -> None:
    youth, health = await made(house)
    alice = await seated(house, "1", youth, health)
    names = [await vote_of(house, council) for council in (youth, health, "")]
    await votes_in_all(alice, 3)
    await alice.says("leave", "1")
    assert [await turnout(house, name) for name in names] == [(0, 0)] * 3


async def test_an_invitation_to_vote_on_the_other_council_still_leaves(house: House) -> None:
    youth, health = await made(house)
    alice = await seated(house, "1", youth, health)
    await gives_up(alice, "Youth council")
    await vote_of(house, health)
    assert "The council votes" in await alice.hears()
