"""What opens is exactly what a second person approved, once, on its day, and not before it could be called back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.housekeeping import Housekeeping
from broadcast.wake import Waker
from handlers import closing, drafts, openings, processes
from handlers.sendings import HOLD
from handlers.writing import contents
from storage import broadcasts
from storage import openings as stored
from storage.states import SendingState
from tests.handlers.asking import DRAFT, SECOND, THIRD, TITLE, WRITER, approves, drafted, how_it_is, requests, writes
from tests.handlers.house import NOW, PROCESS, House

INVITED = f"We have a new question for you: {TITLE}"
DAY = timedelta(days=1)


async def open_due(house: House, after: timedelta = HOLD) -> int:
    house.now += after
    return await house.does(openings.leave_due)


async def number_of(house: House, table: str = "consultation") -> int:
    return int((await house.column(f"SELECT count(*) FROM {table}"))[0])  # noqa: S608 a name of ours


def later(days: int) -> str:
    return (NOW + timedelta(days=days)).date().isoformat()


async def test_one_requests_another_approves_and_after_the_hold_everybody_is_invited_once(house: House) -> None:
    alice, bruno = await house.meets().joins(), await house.meets("70002").joins("français")
    opening = await requests(house, await drafted(house))
    assert (opening.state, opening.leaves) == (SendingState.REQUESTED, None)
    assert (await approves(house, opening)).leaves == NOW + HOLD
    assert await open_due(house, HOLD - timedelta(seconds=1)) == 0
    assert await open_due(house, timedelta(seconds=1)) == 1
    assert await open_due(house) == 0
    assert INVITED in await alice.hears()
    assert "Voir un médecin" in await bruno.hears()
    left = await how_it_is(house, opening)
    assert left.state is SendingState.LEFT
    assert await house.column("SELECT id FROM consultation") == [left.consultation_id]


async def test_it_opens_on_its_day_and_closes_and_reminds_on_theirs(house: House) -> None:
    opening = await requests(house, await drafted(house, opens=later(3), reminds=later(10)))
    held = await approves(house, opening)
    assert held.leaves == datetime(2026, 11, 26, tzinfo=UTC)
    assert await open_due(house, 2 * DAY) == 0
    assert await open_due(house, DAY) == 1
    async with house.database.reading() as session:
        found = (await session.exec_driver_sql("SELECT opened, closes, reminds FROM consultation")).one()
    assert [str(moment)[:16] for moment in found] == ["2026-11-26 12:30", "2026-12-13 23:59", "2026-12-03 09:00"]


async def test_whoever_asked_for_it_or_changed_it_last_does_not_approve_it(house: House) -> None:
    name = await drafted(house)
    opening = await requests(house, name, staff_id=THIRD)
    for staff_id in (THIRD, WRITER):
        with pytest.raises(contents.Unfit, match="somebody else has to approve it"):
            await approves(house, opening, staff_id)
    assert (await how_it_is(house, opening)).state is SendingState.REQUESTED
    assert (await approves(house, opening)).state is SendingState.HELD


async def test_only_what_was_shown_is_approved_and_only_once(house: House) -> None:
    opening = await requests(house, await drafted(house))
    with pytest.raises(contents.Unfit, match="not what you had before you"):
        await approves(house, opening, shown="0" * 64)
    await approves(house, opening)
    with pytest.raises(contents.Unfit, match="approved already"):
        await approves(house, opening)


@pytest.mark.parametrize("is_approved", [False, True])
async def test_what_is_edited_after_it_was_asked_for_does_not_open(house: House, is_approved: bool) -> None:
    name = await drafted(house)
    opening = await requests(house, name)
    if is_approved:
        await approves(house, opening)
    await writes(house, name, replace(DRAFT, who_decides={"en": "Nobody."}), edited=2)
    assert (await how_it_is(house, opening)).state is SendingState.VOID
    assert await open_due(house) == 0
    assert await number_of(house) == 0
    with pytest.raises(contents.Unfit, match="no longer on its way"):
        await approves(house, opening)
    assert (await approves(house, await requests(house, name, edited=3))).state is SendingState.HELD


async def test_what_is_kept_as_it_was_stays_on_its_way(house: House) -> None:
    name = await drafted(house)
    opening = await approves(house, await requests(house, name))
    assert await writes(house, name, DRAFT, edited=2) == 2
    assert (await how_it_is(house, opening)).state is SendingState.HELD


async def test_what_its_process_changes_voids_the_approval(house: House) -> None:
    opening = await approves(house, await requests(house, await drafted(house)))
    await house.does(
        lambda session, now: processes.begin(session, replace(PROCESS, organizer={"en": "Somebody else"}), now)
    )
    assert await open_due(house) == 0
    assert (await how_it_is(house, opening)).state is SendingState.VOID


async def test_what_is_called_back_never_opens(house: House) -> None:
    name = await drafted(house)
    opening = await approves(house, await requests(house, name))
    await house.acts(lambda session, process, _now: openings.call_back(session, process, opening.id))
    assert await open_due(house) == 0
    with pytest.raises(contents.Unfit, match="no longer on its way"):
        await house.acts(lambda session, process, _now: openings.call_back(session, process, opening.id))
    assert (await requests(house, name)).state is SendingState.REQUESTED


async def test_what_has_opened_is_neither_called_back_nor_written_at(house: House) -> None:
    name = await drafted(house)
    opening = await approves(house, await requests(house, name))
    await open_due(house)
    with pytest.raises(contents.Unfit, match="has opened"):
        await house.acts(lambda session, process, _now: openings.call_back(session, process, opening.id))
    for work in (writes(house, name, DRAFT, edited=2), requests(house, name)):
        with pytest.raises(contents.Unfit, match="has opened"):
            await work
    assert await house.acts(lambda session, process, _now: drafts.being_written(session, process)) == []


async def test_a_draft_is_on_its_way_once(house: House) -> None:
    name = await drafted(house)
    await requests(house, name)
    with pytest.raises(contents.Unfit, match="already"):
        await requests(house, name)


async def test_what_somebody_has_changed_meanwhile_is_not_asked_for(house: House) -> None:
    name = await drafted(house)
    await writes(house, name, replace(DRAFT, title={"en": "Another"}), edited=2, staff_id=THIRD)
    with pytest.raises(contents.Unfit, match="not what you had before you"):
        await requests(house, name)


async def test_what_comes_too_late_to_be_answered_does_not_open(house: House) -> None:
    opening = await approves(house, await requests(house, await drafted(house)))
    assert await open_due(house, 20 * DAY) == 0
    assert (await how_it_is(house, opening)).state is SendingState.VOID
    assert await number_of(house) == 0


async def test_what_comes_late_opens_and_reminds_nobody_at_once(house: House) -> None:
    await approves(house, await requests(house, await drafted(house, reminds=later(5))))
    assert await open_due(house, 6 * DAY) == 1
    assert await house.column("SELECT reminds FROM consultation") == [None]


async def test_nothing_opens_in_a_process_that_was_closed(house: House) -> None:
    opening = await approves(house, await requests(house, await drafted(house)))
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    assert await open_due(house) == 0
    async with house.database.reading() as session:
        found = await stored.get(session, house.process, opening.id)
    assert found is not None
    assert found.state is SendingState.VOID


async def test_who_was_killed_while_opening_opens_it_again_and_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await house.meets().joins()
    await approves(house, await requests(house, await drafted(house)))
    for room, function in ((broadcasts, "add"), (stored, "leave")):
        with monkeypatch.context() as broken:
            broken.setattr(room, function, lambda *_arguments: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await open_due(house)
        assert await number_of(house) == 0
    for _time in range(2):
        await Housekeeping(house.database, house.keys, {}, Waker()).keep(house.now)
    await house.does(openings.leave_due)
    assert (await alice.hears()).count(INVITED) == 1


async def test_of_several_workers_one_opens(postgresql_house: House) -> None:
    house = postgresql_house
    await approves(house, await requests(house, await drafted(house)))
    house.now += HOLD

    async def works() -> int:
        async with house.database.writing() as session:
            return await openings.leave_due(session, house.now)

    assert sum(await asyncio.gather(*(works() for _worker in range(4)))) == 1
    assert await number_of(house) == 1


async def test_an_opening_of_another_process_is_not_there(house: House) -> None:
    opening = await requests(house, await drafted(house))
    async with house.database.reading() as session:
        assert await stored.get(session, "another", opening.id) is None
    assert SECOND not in (opening.requested_by, opening.approved_by)
