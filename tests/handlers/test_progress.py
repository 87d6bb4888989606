"""How far a broadcast is can be seen while it leaves, and no part of it points at anybody."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers import progress
from handlers.processes import OpenProcess
from handlers.progress import Outlook
from handlers.writing import contents
from storage import Database, Keyring, Session, broadcasts, people
from storage.outbox import ageing, expansion, reports, unknowns
from storage.outbox.reports import Word
from storage.states import State
from storage.tables import broadcast, delivery
from tests.handlers.house import PROCESS as CONTENT
from tests.storage.rows import NOW, PROCESS, Somebody, announce, another, meet, put, statements

HERE = OpenProcess(PROCESS, "main", CONTENT)
RATES = Outlook({"telegram": 10, "sms": 1})
SECOND = timedelta(seconds=1)


async def sending(session: Session, keys: Keyring) -> list[str]:
    """A broadcast to 10 who read English on Telegram, then 3 who read Arabic by SMS; gives its deliveries."""
    everybody = [await meet(session, keys, f"7{place}") for place in range(10)]
    everybody += [await meet(session, keys, f"+1202555010{place}", channel="sms", language="ar") for place in range(3)]
    await expansion.expand(session, await announce(session), NOW, None)
    return [await delivery_of(session, who) for who in everybody]


async def delivery_of(session: Session, who: Somebody) -> str:
    return str((await session.execute(select(delivery.c.id).where(delivery.c.person_id == who.id))).scalar_one())


async def test_the_whole_is_told_exactly_and_a_small_part_not_at_all(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await sending(session, keys)
        for name in names[:9]:
            await put(session, name, state="sent")
        await put(session, names[-1], state="unknown")
        with statements(database) as seen:
            seen_now = await progress.of(session, HERE, "b", NOW)
    assert len(seen) == 3
    assert seen_now.number == 13
    assert {state: number for state, number in seen_now.states.items() if number} == {
        State.SENT: 9, State.QUEUED: 3, State.UNKNOWN: 1,
    }  # fmt: skip
    assert [(cell.channel, cell.language, cell.number) for cell in seen_now.cells] == [
        ("sms", "ar", None), ("telegram", "en", 10),
    ]  # fmt: skip
    assert [cell.states[State.SENT] for cell in seen_now.cells] == [None, 10]
    assert (seen_now.again, seen_now.twice) == (0, 0)
    assert not seen_now.is_over


async def test_of_fewer_than_eight_only_whether_it_is_over_is_told(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await meet(session, keys)
        made = await announce(session)
        being_made = await progress.of(session, HERE, "b", NOW)
        await expansion.expand(session, made, NOW, None)
        leaving = await progress.of(session, HERE, "b", NOW)
        await session.execute(update(delivery).values(state="delivered"))
        arrived = await progress.of(session, HERE, "b", NOW)
    assert being_made.is_being_made
    assert [(it.is_being_made, it.is_over) for it in (leaving, arrived)] == [(False, False), (False, True)]
    assert arrived.number is None
    assert set(arrived.states.values()) == {None}


async def test_its_version_is_another_whenever_something_changed(database: Database, keys: Keyring) -> None:
    versions = []
    async with database.writing() as session:
        names = await sending(session, keys)
        for state in ("queued", "sending", "sent", "delivered"):
            await put(session, names[0], state=state)
            versions.append((await progress.of(session, HERE, "b", NOW)).version)
            assert (await progress.of(session, HERE, "b", NOW + SECOND)).version == versions[-1]
        await progress.pause(session, HERE, "b")
        versions.append((await progress.of(session, HERE, "b", NOW)).version)
    assert len(set(versions)) == 5


async def test_its_end_is_that_of_the_slowest_sender(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await sending(session, keys)
        long = '{"text":{"en":"News","ar":"' + "خبر " * 30 + '"},"order":["en"]}'
        await session.execute(update(broadcast).values(renditions=long))
        both = await progress.of(session, HERE, "b", NOW, RATES)
        for name in names[10:]:
            await put(session, name, state="sent")
        fast = await progress.of(session, HERE, "b", NOW, RATES)
        at_night = await progress.of(session, HERE, "b", NOW, replace(RATES, opens=NOW + 9 * SECOND))
        unset = await progress.of(session, HERE, "b", NOW, Outlook({"sms": 1}))
        await progress.pause(session, HERE, "b")
        paused = await progress.of(session, HERE, "b", NOW, RATES)
    assert both.ends == NOW + 6 * SECOND, "three messages of two segments"
    assert (fast.ends, at_night.ends) == (NOW + SECOND, NOW + 10 * SECOND)
    assert (unset.ends, paused.ends) == (None, None)


SAID = (
    (0, "first", "delivered"), (0, "second", "sent"), (0, "second", "delivered"),
    (1, "first", "sent"), (1, "first", "failed"), (1, "second", "delivered"),
    (2, "second", "sent"), (2, "second", "delivered"),
)  # fmt: skip
"""Of which delivery, of which time that it left, what."""


async def test_who_has_it_twice_is_found(database: Database, keys: Keyring) -> None:
    """What left again because nobody knew, and had arrived; not what left again and had failed before."""
    async with database.writing() as session:
        names = await sending(session, keys)
        await session.execute(update(broadcast).values(again=True))
        for name in names[:2]:
            await put(session, name, state="unknown", began=NOW, provider_id=f"first-{name}")
        await unknowns.resend_allowed(session, unknowns.Begun("telegram", NOW - SECOND, NOW + SECOND), NOW)
        for name in names[:3]:
            await put(session, name, state="sent", provider_id=f"second-{name}")
        for number, which, status in SAID:
            name = names[number]
            await reports.take(session, [Word(name, f"{which}-{name}", status, "", None)], NOW)
        found = await progress.of(session, HERE, "b", NOW)
    assert (found.again, found.twice) == (2, 1)


async def test_what_was_counted_in_a_language_stays_when_its_people_and_deliveries_are_gone(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await sending(session, keys)
        before = await progress.of(session, HERE, "b", NOW)
        for who in [row.person_id for row in await session.execute(delivery.select())][:5]:
            await people.erase(session, who)
        await session.execute(update(delivery).values(state="delivered", ended=NOW.date()))
        await ageing.age(session, NOW + timedelta(days=31), 100)
        after = await progress.of(session, HERE, "b", NOW)
    assert [(cell.language, cell.number) for cell in after.cells] == [
        (cell.language, cell.number) for cell in before.cells
    ]


@pytest.mark.parametrize("does", [progress.pause, progress.resume, progress.stop])
async def test_nobody_turns_a_broadcast_of_another_process(
    database: Database, does: Callable[[Session, OpenProcess, str], Awaitable[bool]]
) -> None:
    async with database.writing() as session:
        elsewhere = OpenProcess(await another(session), "national", CONTENT)
        await announce(session)
        with pytest.raises(contents.Unfit, match="No broadcast"):
            await does(session, elsewhere, "b")
        with pytest.raises(contents.Unfit, match="No broadcast"):
            await progress.of(session, elsewhere, "b", NOW)
        assert [await turn(session, HERE, "b") for turn in (progress.pause, progress.pause, progress.resume)] == [
            True, False, True,
        ]  # fmt: skip
        assert [await progress.stop(session, HERE, "b") for _time in range(2)] == [True, False]
        assert (await broadcasts.latest(session, PROCESS, 1))[0].state == "cancelling"
