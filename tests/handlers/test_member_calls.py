"""A call for members leaves like everything else, once, and is ended before its day."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from handlers import closing, councils, member_calls, processes, sendings
from handlers.member_calls import Calling
from handlers.writing import contents
from storage import member_calls as stored_calls
from storage.member_calls import StoredCall
from storage.sendings import StoredSending
from storage.states import SendingKind, SendingState
from tests.handlers.house import House
from tests.handlers.test_candidates import YOUTH, called, council_of, standing, to_call

OLGA, PAVEL = "olga", "pavel"


async def requested(house: House, council_id: str, call: contents.MemberCall | None = None) -> StoredSending:
    calling = Calling(council_id, call or to_call())
    return await house.acts(
        lambda session, process, now: sendings.request_call(session, process, calling, "Youth council", OLGA, now)
    )


async def approved(house: House, sending: StoredSending, staff_id: str = PAVEL) -> SendingState:
    after = await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, staff_id, sending.hash, now)
    )
    return after.state


async def leaves(house: House) -> int:
    """When its hold has ended."""
    house.now += sendings.HOLD
    return await house.does(sendings.leave_due)


async def calls(house: House, council_id: str) -> list[StoredCall]:
    return list(await house.acts(lambda session, process, _now: member_calls.of_council(session, process, council_id)))


async def ended(house: House, call_id: str) -> None:
    await house.acts(lambda session, process, now: member_calls.close(session, process, call_id, now))


async def test_everybody_is_told_when_the_hold_has_ended_and_once(house: House) -> None:
    alice = await house.meets("1").joins()
    council = await council_of(house)
    sending = await requested(house, council)
    assert sending.kind is SendingKind.CALL
    assert await approved(house, sending) is SendingState.HELD
    assert await house.does(sendings.leave_due) == 0
    assert await alice.hears() == ""
    assert await calls(house, council) == []
    for number in (1, 0):
        assert await leaves(house) == number
    assert (await alice.hears()).count("A council looks for members: Youth council.") == 1
    [call] = await calls(house, council)
    assert call.opened == house.now - sendings.HOLD
    left = await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))
    assert left.state is SendingState.LEFT
    assert left.broadcast_id is not None


async def test_a_colleague_approves_exactly_what_was_requested(house: House) -> None:
    council = await council_of(house)
    sending = await requested(house, council)
    with pytest.raises(contents.Unfit, match="somebody else"):
        await approved(house, sending, OLGA)
    with pytest.raises(contents.Unfit, match="not what you had before you"):
        await approved(house, dataclasses.replace(sending, hash="another"))
    elders = contents.Council({"en": "Elders' council"})
    await house.acts(lambda session, process, now: councils.change(session, process, council, elders, now))
    assert await approved(house, sending) is SendingState.VOID
    assert await calls(house, council) == []


async def test_what_changes_during_the_hold_is_void(house: House) -> None:
    alice = await house.meets("1").joins()
    council = await council_of(house)
    await approved(house, await requested(house, council))
    elders = dataclasses.replace(YOUTH, about={"en": "It advises the ministers."})
    await house.acts(lambda session, process, now: councils.change(session, process, council, elders, now))
    assert await leaves(house) == 0
    assert await alice.hears() == ""
    assert await calls(house, council) == []


async def test_in_an_emergency_one_person_is_enough_and_says_why(house: House) -> None:
    alice = await house.meets("1").joins()
    council = await council_of(house)
    sending = await requested(house, council)
    held = await house.acts(
        lambda session, process, now: sendings.approve_alone(
            session, process, sending.id, OLGA, sending.hash, "The hearing is tomorrow.", now
        )
    )
    assert held.is_emergency
    house.now += sendings.EMERGENCY_HOLD
    assert await house.does(sendings.leave_due) == 1
    assert "A council looks for members" in await alice.hears()


async def test_what_was_called_back_never_opens_and_can_be_asked_for_anew(house: House) -> None:
    council = await council_of(house)
    sending = await requested(house, council)
    with pytest.raises(contents.Unfit, match="waits already"):
        await requested(house, council, to_call(seats=2))
    await approved(house, sending)
    await house.acts(lambda session, process, _now: sendings.call_back(session, process, sending.id))
    assert await leaves(house) == 0
    assert await calls(house, council) == []
    await approved(house, await requested(house, council))
    assert await leaves(house) == 1


async def test_a_council_has_one_open_call_at_a_time(house: House) -> None:
    council = await council_of(house)
    await approved(house, await requested(house, council))
    name = await called(house, council)
    with pytest.raises(contents.Unfit, match="open already"):
        await requested(house, council)
    assert await leaves(house) == 0, "another was opened meanwhile"
    await ended(house, name)
    await requested(house, council)


async def test_of_a_process_that_is_over_no_call_leaves(house: House) -> None:
    council = await council_of(house)
    await approved(house, await requested(house, council))
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    assert await leaves(house) == 0
    assert await house.column("SELECT id FROM member_call") == []


async def test_what_a_call_asks_is_looked_at_when_it_is_requested(house: House) -> None:
    council = await council_of(house)
    for unfit in (
        to_call(seats=0),
        dataclasses.replace(to_call(), closes=(house.now - timedelta(days=1)).date()),
        dataclasses.replace(to_call(), asks={}),
    ):
        with pytest.raises(contents.Unfit):
            await requested(house, council, unfit)
    with pytest.raises(contents.Unfit, match="no council"):
        await requested(house, "no such council")


async def test_a_call_that_is_ended_takes_nobody_any_more_and_is_ended_once(house: House) -> None:
    council = await council_of(house)
    name = await called(house, council)
    bob = await house.meets("2").joins()
    await standing(house, "1")
    await bob.says("candidate", "1")
    await ended(house, name)
    assert "It is too late for this" in await bob.says("1")
    assert "No council looks for members now." in await bob.says("candidate")
    assert len(await house.column("SELECT id FROM candidate")) == 1, "who stands waits for the draw"
    for unknown in (name, "no such call"):
        with pytest.raises(contents.Unfit, match="not open"):
            await ended(house, unknown)


async def test_a_call_whose_day_has_passed_cannot_be_ended(house: House) -> None:
    council = await council_of(house)
    name = await called(house, council)
    house.now += timedelta(days=11)
    with pytest.raises(contents.Unfit, match="not open"):
        await ended(house, name)


async def test_who_was_not_told_of_a_call_that_is_ended_is_not_told_any_more(house: House) -> None:
    alice = await house.meets("1").joins()
    council = await council_of(house)
    calling = Calling(council, to_call())
    # Before any worker has made a delivery of it.
    async with house.database.writing() as session:
        name = await member_calls.open_(session, await processes.named(session), calling, house.now)
    await ended(house, name)
    assert await alice.hears() == ""
    async with house.database.reading() as session:
        found = await stored_calls.get(session, house.process, name)
    assert found is not None
    assert found.closed == house.now


async def test_of_two_who_ask_for_a_call_at_once_one_is_refused(postgresql_house: House) -> None:
    house = postgresql_house
    council = await council_of(house)
    results = await asyncio.gather(requested(house, council), requested(house, council), return_exceptions=True)
    [refused] = [result for result in results if isinstance(result, BaseException)]
    assert isinstance(refused, contents.Unfit)
    waiting = await house.acts(lambda session, process, _now: sendings.on_their_way(session, process))
    assert len(waiting) == 1


async def test_two_workers_let_a_call_leave_once(postgresql_house: House) -> None:
    house = postgresql_house
    alice = await house.meets("1").joins()
    council = await council_of(house)
    await approved(house, await requested(house, council))
    house.now += sendings.HOLD
    numbers = await asyncio.gather(house.does(sendings.leave_due), house.does(sendings.leave_due))
    assert sorted(numbers) == [0, 1]
    assert (await alice.hears()).count("A council looks for members") == 1
    assert len(await calls(house, council)) == 1
