"""A council is dissolved once and for good, a vacant seat is abolished, and the end of a term is moved."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from handlers import councils, dissolving, member_calls, processes, seats, terms
from handlers.councils import Places
from handlers.writing import contents
from storage import rounds as stored_rounds
from storage.states import SeatKind, TermEnd
from tests.handlers.house import NOW, House
from tests.handlers.test_candidates import called, code_for, council_of, drawn, follows, sitting, standing
from tests.handlers.test_members import seat_of
from tests.handlers.test_rounds import closed, opened
from tests.handlers.test_two_councils import NAMES, made, seated
from tests.handlers.written import to_vote


async def dissolved(house: House, council_id: str) -> int:
    return await house.acts(lambda session, process, now: dissolving.dissolve(session, process, council_id, now))


async def abolished(house: House, seat: str) -> None:
    await house.acts(lambda session, process, now: seats.abolish(session, process, seat, now))


async def moved(house: House, seat: str, days: int) -> int:
    last_day = (house.now + timedelta(days=days)).date()
    return await house.acts(lambda session, process, now: terms.move(session, process, seat, last_day, now))


async def vacant_seats(house: House, council_id: str) -> list[str]:
    found = await house.acts(lambda session, process, _now: councils.seats_of(session, process, council_id))
    return [seat.id for seat in found if seat.since is None]


async def test_members_are_told_and_nothing_of_the_council_stays_open(house: House) -> None:
    youth, health = await made(house)
    alice, bob = await seated(house, "1", youth), await seated(house, "2", youth, health)
    outsider = await house.meets("3").joins()
    code = await code_for(house, youth)
    assert await dissolved(house, youth) == 2
    for member in (alice, bob):
        heard = await member.hears()
        assert f"This council has been dissolved: {NAMES[0]}." in heard
        assert "Your seat on it has ended." in heard
    assert [await sitting(house, council) for council in (youth, health)] == [0, 1]
    assert set(await house.column('SELECT "end" FROM membership WHERE ended IS NOT NULL')) == {TermEnd.DISSOLVED}
    assert "Welcome to the council." not in await outsider.says(code)
    assert await house.column("SELECT id FROM invitation WHERE used IS NULL") == []
    left = await house.acts(lambda session, process, _now: councils.of_process(session, process))
    assert [council.id for council in left] == [health]
    assert "You do not sit on the council." in await alice.says("seat")
    with pytest.raises(contents.Unfit, match="no council of this id"):
        await dissolved(house, youth)
    assert await alice.hears() == ""


async def test_a_council_is_not_dissolved_while_its_members_can_vote(house: House) -> None:
    youth, health = await made(house)
    alice, _bob = await seated(house, "1", youth), await seated(house, "2", health)
    for council in (youth, ""):
        name = await opened(house, dataclasses.replace(to_vote(), council=council))
        with pytest.raises(contents.Unfit, match="Close it first"):
            await dissolved(house, youth)
        async with house.database.reading() as session:
            assert (await stored_rounds.turnout(session, name)).voters == (1 if council else 2)
        await closed(house, name)
    await opened(house, dataclasses.replace(to_vote("Another"), council=health))
    await alice.hears()
    assert await dissolved(house, youth) == 1


async def test_who_stands_for_it_is_told_and_nothing_is_left_of_what_they_said(house: House) -> None:
    council = await council_of(house, 1)
    call = await called(house, council)
    alice, bob, cosma = await standing(house, "1", "2", "3")
    await drawn(house, call, [alice], [bob])
    for writer in (alice, bob, cosma):
        await writer.hears()
    assert await dissolved(house, council) == 2
    for writer in (alice, bob):
        heard = await writer.hears()
        assert "so nobody gets a seat on it any more: Youth council." in heard
        assert "is erased" in heard
    assert await cosma.hears() == "", "was told already of not being drawn"
    assert await house.column("SELECT id FROM candidate") == []
    assert await follows(house) == 0
    assert "No council looks for members now." in await alice.says("candidate")


async def test_an_open_call_ends_with_its_council(house: House) -> None:
    council = await council_of(house, 1)
    await called(house, council)
    [alice] = await standing(house, "1")
    assert await dissolved(house, council) == 1
    assert "so nobody gets a seat" in await alice.hears()
    assert "No council looks for members now." in await alice.says("candidate")
    with pytest.raises(contents.Unfit):
        await called(house, council)


async def test_who_dissolves_and_who_opens_a_vote_take_turns(postgresql_house: House) -> None:
    house = postgresql_house
    youth, _health = await made(house)
    await seated(house, "1", youth)
    vote = dataclasses.replace(to_vote(), council=youth)
    results = await asyncio.gather(dissolved(house, youth), opened(house, vote), return_exceptions=True)
    assert sum(isinstance(result, contents.Unfit) for result in results) == 1, results
    [members] = [await sitting(house, youth)]
    assert members == (1 if isinstance(results[0], contents.Unfit) else 0)


async def test_two_who_dissolve_at_once_tell_it_once(postgresql_house: House) -> None:
    house = postgresql_house
    youth, _health = await made(house)
    alice = await seated(house, "1", youth)
    results = await asyncio.gather(dissolved(house, youth), dissolved(house, youth), return_exceptions=True)
    assert sorted(map(str, results)) == ["1", "This process has no council of this id."]
    assert (await alice.hears()).count("has been dissolved") == 1


async def test_who_takes_a_seat_at_the_moment_of_dissolving_keeps_none(postgresql_house: House) -> None:
    house = postgresql_house
    youth, _health = await made(house)
    await seated(house, "1", youth)
    bob, code = await house.meets("2").joins(), await code_for(house, youth)
    results = await asyncio.gather(dissolved(house, youth), bob.says(code), return_exceptions=True)
    assert not isinstance(results[1], BaseException), results
    if isinstance(results[0], contents.Unfit):
        assert await sitting(house, youth) == 2
        await dissolved(house, youth)
    assert await sitting(house, youth) == 0


async def test_a_vacant_seat_is_abolished_once_and_its_codes_are_void(house: House) -> None:
    council = await council_of(house, 0)
    places = Places(2, SeatKind.ORGANIZATION, "Harbour Nurses")
    first, second = await house.acts(
        lambda session, process, now: councils.add_seats(session, process, council, places, now)
    )
    codes = [await code_for(house, council, seat) for seat in (first, second)]
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    await abolished(house, first[:8])
    assert "Welcome to the council." not in await alice.says(codes[0])
    assert "Welcome to the council." in await bob.says(codes[1])
    assert await vacant_seats(house, council) == []
    for gone in (first, "abc", "zzzz"):
        with pytest.raises(contents.Unfit, match="No seat has this name"):
            await abolished(house, gone)
    with pytest.raises(contents.Unfit, match="Somebody sits there"):
        await abolished(house, second)
    assert await sitting(house, council) == 1


async def test_a_seat_that_is_kept_for_who_was_drawn_stays(house: House) -> None:
    council = await council_of(house, 2)
    call = await called(house, council)
    [alice] = await standing(house, "1")
    await drawn(house, call, [alice])
    [kept] = await house.column("SELECT seat_id FROM candidate")
    with pytest.raises(contents.Unfit, match="kept for somebody"):
        await abolished(house, kept)
    [other] = [seat for seat in await vacant_seats(house, council) if seat != kept]
    await abolished(house, other)
    assert "Welcome to the council." in await alice.says("candidate", "1")


async def test_who_sits_down_at_the_moment_of_abolishing_keeps_the_seat_or_gets_none(postgresql_house: House) -> None:
    house = postgresql_house
    council = await council_of(house, 0)
    places = Places(1, SeatKind.ORGANIZATION, "Harbour Nurses")
    [seat] = await house.acts(lambda session, process, now: councils.add_seats(session, process, council, places, now))
    alice, code = await house.meets("1").joins(), await code_for(house, council, seat)
    results = await asyncio.gather(abolished(house, seat), alice.says(code), return_exceptions=True)
    assert not isinstance(results[1], BaseException), results
    has_seat = isinstance(results[0], contents.Unfit)
    assert await sitting(house, council) == has_seat
    assert ("Welcome to the council." in str(results[1])) == has_seat


async def test_the_end_of_a_term_is_moved_and_its_member_told_once(house: House) -> None:
    youth, _health = await made(house)
    alice, bob = await seated(house, "1", youth), await seated(house, "2", youth)
    seat = await seat_of(house, "1")
    assert await moved(house, seat[:8], 40) == 40
    assert f"Your term on this council now ends on January 2, 2027: {NAMES[0]}." in await alice.hears()
    with pytest.raises(contents.Unfit, match="on that day already"):
        await moved(house, seat, 40)
    for days in (-1, 4000):
        with pytest.raises(contents.Unfit, match="today or later"):
            await moved(house, seat, days)
    with pytest.raises(contents.Unfit, match="No seat that is taken"):
        await moved(house, "zzzz", 3)
    assert await alice.hears() == await bob.hears() == ""
    house.now += timedelta(days=41)
    assert await house.does(terms.end_due) == 1
    assert "Your term on this council has ended" in await alice.hears()
    assert await sitting(house, youth) == 1


async def test_who_was_told_that_the_term_ends_soon_is_told_again_for_the_new_day(house: House) -> None:
    youth, _health = await made(house)
    alice = await seated(house, "1", youth)
    seat = await seat_of(house, "1")
    await moved(house, seat, 10)
    assert await house.does(terms.warn) == 0, "they have just been told of this day"
    await alice.hears()
    await moved(house, seat, 100)
    await alice.hears()
    house.now += timedelta(days=10, minutes=1)
    assert await house.does(terms.end_due) == 0
    house.now += timedelta(days=80)
    assert await house.does(terms.warn) == 1
    assert "Your term on this council ends on March 3, 2027" in await alice.hears()


async def test_what_waits_to_tell_of_the_day_of_before_does_not_leave(house: House) -> None:
    youth, _health = await made(house)
    alice = await seated(house, "1", youth)
    seat = await seat_of(house, "1")
    async with house.database.writing() as session:
        process = await processes.named(session)
        for days in (30, 60):
            await terms.move(session, process, seat, (NOW + timedelta(days=days)).date(), house.now)
    heard = await alice.hears()
    assert "January 22, 2027" in heard
    assert "December 23, 2026" not in heard


async def test_a_call_is_found_by_the_beginning_of_its_id(house: House) -> None:
    council = await council_of(house)
    name = await called(house, council)
    found = await house.acts(lambda session, process, _now: member_calls.named(session, process, name[:4]))
    assert found == name
    with pytest.raises(contents.Unfit, match="no call"):
        await house.acts(lambda session, process, _now: member_calls.named(session, process, "zzzz"))
