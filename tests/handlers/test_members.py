"""Members leave the council: their vote goes with them, and nobody learns what it was."""

import pytest

from handlers import members, processes
from handlers.writing import contents
from storage import rounds as stored
from storage import seats as stored_seats
from storage.outbox import expansion
from tests.handlers.house import House, Writer
from tests.handlers.test_proofs import PROVEN
from tests.handlers.test_rounds import closed, invited, opened, seated
from tests.handlers.written import to_vote


async def removed(house: House, seat: str) -> None:
    await house.acts(lambda session, process, now: members.remove(session, process, seat, now))


async def seat_of(house: House, sender: str) -> str:
    """As only the database knows it."""
    index = house.keys.index("telegram", sender)
    query = (
        "SELECT seat_id FROM membership JOIN address USING (person_id) "  # noqa: S608
        f"WHERE ended IS NULL AND address.\"index\" = '{index}'"
    )
    (seat,) = await house.column(query)
    return str(seat)


async def voting(house: House, *senders: str) -> tuple[str, list[Writer]]:
    """A round in which all of these have approved the first matter."""
    council = [await seated(house, sender) for sender in senders]
    name = await opened(house, to_vote())
    for member in council:
        await member.says("vote", "1", "1")
    return name, council


async def test_who_takes_a_seat_is_told_how_to_give_it_up(house: House) -> None:
    alice = await house.meets().joins()
    assert "You do not sit on the council." in await alice.says("seat")
    assert "To give up your seat, send SEAT." in await alice.says(await invited(house))


async def test_who_gives_up_their_seat_takes_their_vote_along(house: House) -> None:
    name, (alice, *others) = await voting(house, "1", "2", "3", "4")
    heard = await alice.says("seat", "1")
    assert "You have left the council." in heard
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 3
    assert len(await house.column("SELECT person_id FROM roll")) == 3
    result = await closed(house, name)
    assert result.voters == 3
    assert "3 members of 3 voted" in await others[0].hears()
    assert await alice.hears() == ""
    assert "There is no vote open for you now." in await alice.says("vote")


async def test_who_thinks_again_keeps_seat_and_vote(house: House) -> None:
    _name, (alice,) = await voting(house, "1")
    assert "You keep your seat." in await alice.says("seat", "2")
    assert await house.column("SELECT voted FROM roll") in ([True], [1])
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 1


async def test_a_yes_that_comes_twice_ends_one_seat(house: House) -> None:
    _name, (alice, _bob) = await voting(house, "1", "2")
    await alice.says("seat")
    yes = alice.message("1")
    for _time in range(2):
        await house.takes(yes)
    assert (await alice.hears()).count("You have left the council.") == 1
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 1


async def test_a_seat_is_given_up_by_whoever_reads_our_messages(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, PROVEN, now))
    member = await seated(house, "+12025550123", "sms")
    assert "Is it really you?" in await member.says("seat", "1")
    await member.says("482913", "123456", "111111")
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 1


async def test_who_leaves_after_the_closing_changes_nothing_of_the_result(house: House) -> None:
    name, (alice, *_others) = await voting(house, "1", "2", "3")
    await alice.says("seat")
    await closed(house, name)
    assert "The vote is over" in await alice.hears()
    assert "You have left" in await alice.says("1")
    async with house.database.reading() as session:
        assert await stored.turnout(session, name) == (3, 3)


async def test_what_was_cast_in_time_counts_where_nobody_has_counted_yet(house: House) -> None:
    name, (alice, *_others) = await voting(house, "1", "2", "3")
    async with house.database.reading() as session:
        found = await stored.get(session, name)
    assert found is not None
    house.now = found.closes
    await alice.says("seat", "1")
    assert (await closed(house, name)).voters == 3


async def test_an_invitation_to_vote_that_waits_does_not_leave_to_who_left(house: House) -> None:
    alice, bob = await seated(house, "1"), await seated(house, "2")
    await alice.says("seat")
    await opened(house, to_vote())
    await house.takes(alice.message("1"))
    assert "The council votes" not in await alice.hears()
    assert "The council votes" in await bob.hears()


async def test_a_seat_ends_by_its_name_and_its_member_is_told(house: House) -> None:
    name, (alice, bob) = await voting(house, "1", "2")
    await removed(house, (await seat_of(house, "1"))[:8])
    assert "Your seat on the council has ended." in await alice.hears()
    assert await bob.hears() == ""
    async with house.database.reading() as session:
        assert await stored.turnout(session, name) == (1, 1)
    assert "You do not sit on the council." in await alice.says("seat")


async def test_who_is_removed_while_voting_hears_that_it_does_not_count(house: House) -> None:
    alice, _bob = await seated(house, "1"), await seated(house, "2")
    await opened(house, to_vote())
    await alice.says("vote", "1")
    await removed(house, await seat_of(house, "1"))
    heard = await alice.says("1")
    assert "You do not sit on the council any more, so we did not count this vote." in heard
    assert "We have your vote" not in heard
    assert len(await house.column("SELECT person_id FROM roll")) == 1


async def test_who_is_removed_while_giving_up_the_seat_hears_that_they_left(house: House) -> None:
    alice = await seated(house, "1")
    await alice.says("seat")
    await removed(house, await seat_of(house, "1"))
    assert "You have left the council." in await alice.says("1")


async def test_a_seat_ends_once(house: House) -> None:
    alice = await seated(house, "1")
    seat = await seat_of(house, "1")
    await removed(house, seat)
    await alice.hears()
    with pytest.raises(contents.Unfit, match="No seat that is taken"):
        await removed(house, seat)
    assert await alice.hears() == ""


@pytest.mark.parametrize("name", ["", "abc", "zzzz"])
async def test_a_seat_that_there_is_not_is_refused(house: House, name: str) -> None:
    await seated(house, "1")
    with pytest.raises(contents.Unfit):
        await removed(house, name)
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 1


async def test_a_seat_whose_member_was_forgotten_is_free(house: House) -> None:
    alice, _bob = await seated(house, "1"), await seated(house, "2")
    seat = await seat_of(house, "1")
    await alice.says("forget", "1")
    with pytest.raises(contents.Unfit):
        await removed(house, seat)
    assert await alice.hears() == ""


async def test_who_said_stop_loses_the_seat_and_is_not_written_to(house: House) -> None:
    alice = await seated(house, "1")
    await alice.says("stop")
    await removed(house, await seat_of(house, "1"))
    assert await alice.hears() == ""
    assert await house.column("SELECT person_id FROM membership WHERE ended IS NULL") == []


async def test_a_fault_in_the_middle_of_a_removal_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _name, (alice,) = await voting(house, "1")
    for room, function in ((expansion, "expand"), (stored, "withdraw"), (stored_seats, "leave")):
        with monkeypatch.context() as broken:
            broken.setattr(room, function, lambda *_arguments: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await removed(house, await seat_of(house, "1"))
    assert await alice.hears() == ""
    assert len(await house.column("SELECT person_id FROM membership WHERE ended IS NULL")) == 1
    assert len(await house.column("SELECT person_id FROM roll")) == 1


async def test_the_name_of_a_seat_tells_nothing_of_who_sits_there(house: House) -> None:
    await seated(house, "1")
    (person,) = await house.column("SELECT person_id FROM membership WHERE ended IS NULL")
    first = await seat_of(house, "1")
    assert first not in (person, person[: len(first)])
    await removed(house, first)
    await seated(house, "2")
    assert await seat_of(house, "2") == first
