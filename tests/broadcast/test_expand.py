"""A broadcast becomes deliveries for each person's own morning, and what is asked of it is done to all of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from broadcast import expand as expanding
from broadcast.expand import expand, mornings, turn
from storage import Database, Keyring, broadcasts
from storage.broadcasts import Hours, Plan
from storage.tables import broadcast, delivery
from tests.storage.rows import NOW, PROCESS, announce, meet

NIGHT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOURS = Hours(zone="UTC", zones={"east": "Asia/Tokyo", "west": "America/New_York"})


async def dues(database: Database) -> dict[str, datetime]:
    async with database.reading() as session:
        return {row.person_id: row.due for row in await session.execute(select(delivery))}


async def crowd(database: Database, keys: Keyring, regions: Iterable[str]) -> None:
    async with database.writing() as session:
        for number, region in enumerate(regions):
            await meet(session, keys, f"7{number}", region=region, name=f"{number} {region}")


async def test_everybody_is_written_to_in_their_own_day(database: Database, keys: Keyring) -> None:
    await crowd(database, keys, ("east", "west", "", "nowhere"))
    async with database.writing() as session:
        await announce(session, plan=Plan(hours=HOURS), made=NIGHT)
    assert await expand(database, NIGHT)
    assert not await expand(database, NIGHT)
    morning = NIGHT.replace(hour=9)
    assert await dues(database) == {
        "0 east": NIGHT,  # eleven in the morning there
        "1 west": NIGHT.replace(hour=14),
        "2 ": morning,
        "3 nowhere": morning,
    }


async def test_the_log_says_how_far_a_broadcast_is(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await meet(session, keys)
        await announce(session, made=NIGHT)
    with capture_logs() as logged:
        assert await expand(database, NIGHT)
    assert [(line["event"], line["broadcast"], line["number"]) for line in logged] == [("deliveries made", "b", 1)]


async def test_without_hours_everybody_is_written_to_now(database: Database, keys: Keyring) -> None:
    await crowd(database, keys, ("east", ""))
    async with database.writing() as session:
        made = await announce(session, made=NIGHT)
    assert mornings(made, NIGHT) == {}
    assert await expand(database, NIGHT)
    assert set((await dues(database)).values()) == {NIGHT}


async def test_only_the_audience_is_written_to(database: Database, keys: Keyring) -> None:
    await crowd(database, keys, ("east", "west"))
    async with database.writing() as session:
        await announce(session)
        await session.execute(update(broadcast).values(audience='{"regions":["west"]}'))
    assert await expand(database, NOW)
    assert set(await dues(database)) == {"1 west"}


async def test_it_is_made_a_batch_at_a_time_and_what_is_asked_of_it_done_likewise(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "BATCH", 2)
    monkeypatch.setattr(expanding, "MANY", 1)
    await crowd(database, keys, [""] * 5)
    async with database.writing() as session:
        await announce(session)
    assert [await expand(database, NOW) for _batch in range(4)] == [True, True, True, False]
    for asks, state in ((broadcasts.pause, "paused"), (broadcasts.resume, "running"), (broadcasts.cancel, "cancelled")):
        async with database.writing() as session:
            assert await asks(session, "b")
        assert [await turn(database, NOW) for _batch in range(4)] == [True, True, True, False]
        async with database.reading() as session:
            assert (await broadcasts.latest(session, PROCESS, 1))[0].state == state
    async with database.reading() as session:
        assert await broadcasts.counts(session, "b") == {"cancelled": 5}


async def test_a_broadcast_of_later_is_made_later(database: Database, keys: Keyring) -> None:
    await crowd(database, keys, [""])
    async with database.writing() as session:
        await announce(session, plan=Plan(not_before=NOW + timedelta(hours=1)))
    assert not await expand(database, NOW)
    assert await expand(database, NOW + timedelta(hours=1))
    assert set((await dues(database)).values()) == {NOW + timedelta(hours=1)}
