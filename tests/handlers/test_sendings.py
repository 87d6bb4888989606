"""What leaves is exactly what a second person approved, once, and not before it could be called back."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import flows
from handlers import closing, items, processes, schedules, sendings
from handlers.processes import OpenProcess
from handlers.sendings import EMERGENCY_HOLD, HOLD
from handlers.writing import contents
from storage import Session
from storage.broadcasts import Audience
from storage.sendings import StoredSending
from storage.states import RenditionState, SendingState
from tests.handlers.house import NOW, PROCESS, House
from tests.handlers.items import (
    ORGANIZER,
    SECOND,
    TEXT,
    TRANSLATOR,
    WRITER,
    approves,
    drafted,
    item_of,
    translates,
    writes,
)
from tests.storage.rows import until_somebody_waits

SECOND_LATER = timedelta(seconds=1)


async def requests(house: House, item_id: str, staff_id: str = ORGANIZER, once_more: bool = False) -> StoredSending:
    return await house.acts(
        lambda session, process, now: sendings.request(session, process, item_id, staff_id, now, once_more)
    )


async def lets(house: House, sending: StoredSending, staff_id: str = SECOND, shown: str = "") -> StoredSending:
    """Approve what was requested, or what is said to have been shown."""
    return await house.acts(
        lambda session, process, now: sendings.approve(
            session, process, sending.id, staff_id, shown or sending.hash, now
        )
    )


async def calls_back(house: House, sending: StoredSending) -> StoredSending:
    return await house.acts(lambda session, process, _now: sendings.call_back(session, process, sending.id))


async def now_(house: House, sending: StoredSending) -> StoredSending:
    return await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))


async def leave_due(house: House, after: timedelta = HOLD) -> int:
    house.now += after
    return await house.does(sendings.leave_due)


async def number_of(house: House, table: str = "broadcast") -> int:
    return int((await house.column(f"SELECT count(*) FROM {table}"))[0])  # noqa: S608 a name of ours


async def held(house: House, **plan: Any) -> StoredSending:
    """One that leaves in ten minutes."""
    return await lets(house, await requests(house, await drafted(house, **plan)))


async def test_one_requests_another_approves_and_after_the_hold_everybody_is_told_once(house: House) -> None:
    alice = await house.meets().joins()
    fatou = await house.meets("70002").joins("français")
    name = await drafted(house)
    await translates(house, name)
    sending = await requests(house, name)
    assert (sending.state, sending.leaves) == (SendingState.REQUESTED, None)
    assert await leave_due(house) == 0
    sending = await lets(house, sending)
    assert (sending.state, sending.approved_by, sending.leaves) == (SendingState.HELD, SECOND, house.now + HOLD)
    assert await leave_due(house, HOLD - SECOND_LATER) == 0
    assert TEXT not in await alice.hears()
    assert await leave_due(house, SECOND_LATER) == 1
    assert TEXT in await alice.hears()
    assert "L’audition" in await fatou.hears()
    assert await leave_due(house) == 0
    assert TEXT not in await alice.hears()
    sending = await now_(house, sending)
    assert sending.state is SendingState.LEFT
    assert await house.column("SELECT id FROM broadcast") == [sending.broadcast_id]


@pytest.mark.parametrize("who", [ORGANIZER, WRITER, TRANSLATOR])
async def test_nobody_approves_what_they_requested_or_wrote(house: House, who: str) -> None:
    name = await drafted(house)
    await translates(house, name)
    sending = await requests(house, name)
    with pytest.raises(contents.Unfit, match="somebody else has to approve it"):
        await lets(house, sending, who)
    assert (await now_(house, sending)).state is SendingState.REQUESTED


async def test_whoever_translated_what_does_not_leave_approves_the_rest(house: House) -> None:
    name = await drafted(house)
    await translates(house, name, state=RenditionState.NEEDS_EDITING)
    assert (await lets(house, await requests(house, name), TRANSLATOR)).state is SendingState.HELD


async def test_who_changes_what_another_requested_does_not_get_to_approve_it(house: House) -> None:
    """Alone, whoever means harm has others' names put to it in vain."""
    name = await drafted(house)
    sending = await requests(house, name)
    await writes(house, name, "Come to the old bridge tonight.", SECOND)
    with pytest.raises(contents.Unfit, match="no longer on its way"):
        await lets(house, sending)
    again = await requests(house, name)
    with pytest.raises(contents.Unfit, match="You wrote or planned"):
        await lets(house, again)
    # Putting back what was there is a change of theirs, too.
    await writes(house, name, TEXT, SECOND)
    with pytest.raises(contents.Unfit, match="You wrote or planned"):
        await lets(house, await requests(house, name))
    assert await leave_due(house) == 0


async def test_what_was_shown_is_what_is_approved(house: House) -> None:
    sending = await requests(house, await drafted(house))
    with pytest.raises(contents.Unfit, match="not what you had before you"):
        await lets(house, sending, shown="0" * 64)
    assert (await now_(house, sending)).state is SendingState.REQUESTED


async def edits_the_text(house: House, name: str) -> None:
    await writes(house, name, "The hearing is on Monday.")


async def edits_and_puts_it_back(house: House, name: str) -> None:
    await writes(house, name, "The hearing is on Monday.")
    await writes(house, name, TEXT)


async def edits_a_translation(house: House, name: str) -> None:
    await translates(house, name, "L’audition a lieu lundi.")


async def finishes_another_translation(house: House, name: str) -> None:
    await translates(house, name, "La audiencia es el viernes.", "es")


async def changes_the_audience(house: House, name: str) -> None:
    before, after = contents.Bulletin({}), contents.Bulletin({}, audience=Audience(regions=("south",)))
    await house.acts(lambda session, process, now: items.replan(session, process, name, after, before, WRITER, now))


async def drops_it(house: House, name: str) -> None:
    await house.acts(lambda session, process, now: items.drop(session, process, name, now))


async def changes_the_process(house: House, **changed: Any) -> None:
    changed_process = replace(PROCESS, **changed)
    await house.does(lambda session, now: processes.begin(session, changed_process, now))


async def changes_the_policy(house: House, _name: str) -> None:
    await changes_the_process(house, unreviewed="fall back")


async def signs_it_otherwise(house: House, _name: str) -> None:
    await changes_the_process(house, organizer={"en": "Somebody else"})


async def lets_it_leave_at_night(house: House, _name: str) -> None:
    await changes_the_process(house, daytime=flows.Daytime("Africa/Tunis"))


EDITS = [
    edits_the_text,
    edits_and_puts_it_back,
    edits_a_translation,
    finishes_another_translation,
    changes_the_audience,
    drops_it,
    changes_the_policy,
    signs_it_otherwise,
    lets_it_leave_at_night,
]


@pytest.mark.parametrize("edit", EDITS)
async def test_a_change_between_request_and_approval_voids_it(house: House, edit: Any) -> None:
    name = await drafted(house)
    await translates(house, name)
    sending = await requests(house, name)
    await edit(house, name)
    if (await now_(house, sending)).state is SendingState.REQUESTED:
        await lets(house, sending)
    assert (await now_(house, sending)).state is SendingState.VOID
    assert await leave_due(house) == await number_of(house) == 0


@pytest.mark.parametrize("edit", EDITS)
async def test_a_change_between_approval_and_leaving_voids_it(house: House, edit: Any) -> None:
    name = await drafted(house)
    await translates(house, name)
    sending = await lets(house, await requests(house, name))
    await edit(house, name)
    assert await leave_due(house) == await number_of(house) == 0
    assert (await now_(house, sending)).state is SendingState.VOID


async def test_what_changes_nothing_that_leaves_voids_nothing(house: House) -> None:
    name = await drafted(house)
    await translates(house, name)
    sending = await lets(house, await requests(house, name))
    await translates(house, name, "La audiencia", "es", RenditionState.NEEDS_EDITING)
    await approves(house, name)
    await house.acts(lambda session, process, now: items.rename(session, process, name, "The hearing", now))
    assert await leave_due(house) == 1
    assert (await now_(house, sending)).state is SendingState.LEFT


async def test_it_is_called_back_up_to_the_last_second_and_later_where_no_worker_came(house: House) -> None:
    for late in (-SECOND_LATER, SECOND_LATER):
        sending = await held(house)
        house.now += HOLD + late
        assert (await calls_back(house, sending)).state is SendingState.CALLED_BACK
        assert await leave_due(house) == await number_of(house) == 0


async def test_what_has_left_is_not_called_back(house: House) -> None:
    sending = await held(house)
    assert await leave_due(house) == 1
    house.now += SECOND_LATER
    with pytest.raises(contents.Unfit, match="has left"):
        await calls_back(house, sending)
    assert (await now_(house, sending)).state is SendingState.LEFT


async def test_what_was_called_back_is_requested_anew_and_what_waits_already_is_not(house: House) -> None:
    name = await drafted(house)
    sending = await requests(house, name)
    with pytest.raises(contents.Unfit, match="requested this already"):
        await requests(house, name, SECOND)
    await calls_back(house, sending)
    with pytest.raises(contents.Unfit, match="no longer on its way"):
        await calls_back(house, sending)
    again = await lets(house, await requests(house, name))
    with pytest.raises(contents.Unfit, match="approved already"):
        await lets(house, again, "third")
    assert await leave_due(house) == 1
    with pytest.raises(contents.Unfit, match="went out on 2026-11-23"):
        await requests(house, name)
    await requests(house, name, once_more=True)


async def test_in_an_emergency_one_person_is_enough_who_says_why(house: House) -> None:
    sending = await requests(house, await drafted(house), WRITER)

    async def alone(reason: str) -> StoredSending:
        return await house.acts(
            lambda session, process, now: sendings.approve_alone(
                session, process, sending.id, WRITER, sending.hash, reason, now
            )
        )

    with pytest.raises(contents.Unfit, match="reason: this is empty"):
        await alone(" ")
    sending = await alone("The road is flooded.")
    assert (sending.is_emergency, sending.leaves) == (True, house.now + EMERGENCY_HOLD)
    assert await leave_due(house, EMERGENCY_HOLD - SECOND_LATER) == 0
    assert await leave_due(house, SECOND_LATER) == 1


async def test_killed_before_it_is_written_down_it_leaves_once_all_the_same(house: House) -> None:
    await held(house)
    house.now += HOLD
    async with house.database.writing() as session:
        assert await sendings.leave_due(session, house.now) == 1
        await session.rollback()
    assert await number_of(house) == await number_of(house, "bulletin") == 0
    assert await leave_due(house) == 1
    assert await leave_due(house) == 0
    assert await number_of(house) == await number_of(house, "bulletin") == 1


async def test_of_many_workers_at_once_one_lets_it_leave(postgresql_house: House) -> None:
    house = postgresql_house
    await held(house)
    house.now += HOLD
    async with house.database.writing() as session, house.database.writing() as other:
        assert await sendings.leave_due(session, house.now) == 1
        assert await sendings.leave_due(other, house.now) == 0
    for text in ("The hearing is on Monday.", "The hearing is on Tuesday."):
        await lets(house, await requests(house, await drafted(house, text)))
    house.now += HOLD
    assert sum(await asyncio.gather(*(house.does(sendings.leave_due) for _worker in range(4)))) == 2
    assert await house.column("SELECT state FROM sending") == [SendingState.LEFT] * 3
    assert await number_of(house) == 3


async def test_who_calls_it_back_while_it_leaves_is_told_that_it_has_left(postgresql_house: House) -> None:
    house = postgresql_house
    sending = await held(house)
    house.now += HOLD
    async with house.database.writing() as session:
        await sendings.leave_due(session, house.now)
        late = asyncio.create_task(calls_back(house, sending))
        await until_somebody_waits(session)
    with pytest.raises(contents.Unfit, match="has left"):
        await late
    assert await number_of(house) == 1


async def test_an_edit_while_it_is_approved_voids_it(postgresql_house: House) -> None:
    house = postgresql_house
    name = await drafted(house)
    sending = await requests(house, name)
    async with house.database.writing() as session:
        process = await processes.named(session)
        await sendings.approve(session, process, sending.id, SECOND, sending.hash, house.now)
        edit = asyncio.create_task(writes(house, name, "Come tonight."))
        await until_somebody_waits(session)
    await edit
    assert (await now_(house, sending)).state is SendingState.VOID
    assert await leave_due(house) == 0


async def test_nothing_leaves_for_a_process_that_was_closed_meanwhile(house: House) -> None:
    name = await drafted(house)
    requested, approved = await requests(house, await drafted(house, "Something else.")), await held(house)
    process = await house.acts(lambda session, process, now: _closes(session, process, house, now))
    assert await leave_due(house) == 0
    states = await house.column("SELECT state FROM sending")
    assert states == [SendingState.VOID] * 2
    assert {requested.id, approved.id} == set(await house.column("SELECT id FROM sending"))
    assert TEXT not in "".join(await house.column("SELECT content FROM bulletin"))
    with pytest.raises(contents.Unfit, match="is closed"):
        await house.does(lambda session, now: sendings.request(session, process, name, ORGANIZER, now))


async def _closes(session: Session, process: OpenProcess, house: House, now: datetime) -> OpenProcess:
    await closing.close(session, process, house.keys, now)
    return await processes.get(session, process.id)


async def test_what_leaves_while_its_process_is_closed_waits_and_then_does_not(postgresql_house: House) -> None:
    house = postgresql_house
    await held(house)
    house.now += HOLD
    async with house.database.writing() as session:
        process = await processes.named(session)
        await processes.touch(session, process)
        late = asyncio.create_task(house.does(sendings.leave_due))
        await until_somebody_waits(session)
        await closing.close(session, process, house.keys, house.now)
    assert await late == 0
    assert await house.column("SELECT state FROM sending") == [SendingState.VOID]


async def test_what_could_not_leave_is_not_requested_and_what_cannot_any_more_does_not_leave(house: House) -> None:
    today = NOW.date()
    with pytest.raises(contents.Unfit, match="has passed"):
        await requests(house, await drafted(house, not_after=today - timedelta(days=1)))
    sending = await held(house, not_after=today)
    assert await leave_due(house, timedelta(days=1)) == await number_of(house) == 0
    assert (await now_(house, sending)).state is SendingState.VOID


async def test_where_nothing_leaves_unreviewed_it_is_not_requested_before_that(house: House) -> None:
    await changes_the_process(house, unreviewed="refuse")
    name = await drafted(house)
    await translates(house, name)
    with pytest.raises(contents.Unfit, match="approved or emptied first: fr"):
        await requests(house, name)
    await translates(house, name, "", state=RenditionState.EMPTY)
    await requests(house, name)


async def test_what_repeats_goes_on_schedule_when_it_leaves(house: House) -> None:
    sending = await held(house, repeat="weekly")
    assert await leave_due(house) == 1
    assert await number_of(house) == 0
    [found] = await house.acts(lambda session, process, _now: schedules.waiting(session, process))
    assert (await now_(house, sending)).schedule_id == found.id


async def test_a_sending_of_another_process_is_not_there(house: House) -> None:
    sending = await requests(house, await drafted(house))
    ours = await house.acts(_itself)
    another = replace(PROCESS, slug="national", title={"en": "National review"})
    national = await house.does(lambda session, now: processes.begin(session, another, now))
    for work in (
        lambda session, _now: sendings.get(session, national, sending.id),
        lambda session, _now: sendings.call_back(session, national, sending.id),
        lambda session, now: sendings.approve(session, national, sending.id, SECOND, sending.hash, now),
        lambda session, now: sendings.request(session, national, sending.item_id or "", SECOND, now),
    ):
        with pytest.raises(contents.Unfit, match="has this id"):
            await house.does(work)
    for process, there in ((ours, [sending.id]), (national, [])):
        waiting = await house.does(lambda session, _now, process=process: sendings.on_their_way(session, process))  # type: ignore[misc]
        assert [found.id for found in waiting] == there


async def _itself(_session: Session, process: OpenProcess, _now: datetime) -> OpenProcess:
    return process


async def test_everything_that_keeps_an_item_from_leaving_is_said_at_once(house: House) -> None:
    name = await drafted(house, not_after=(NOW - timedelta(days=9)).date())
    await translates(house, name)
    strict = replace(PROCESS, unreviewed=flows.Unreviewed.REFUSE)
    await house.does(lambda session, now: processes.begin(session, strict, now))
    assert len(await obstacles(house, name)) == 2
    await approves(house, name)
    [why] = await obstacles(house, name)
    assert "has passed" in why
    assert await obstacles(house, await drafted(house)) == []


async def obstacles(house: House, item_id: str) -> list[str]:
    item = await item_of(house, item_id)
    return list(await house.acts(lambda session, process, now: sendings.obstacles(session, process, item, now)))
