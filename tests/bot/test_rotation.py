"""A process that says how soon forgotten means unreadable has its keys changed by itself, and loses nothing by it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

import flows
from bot.rotation import EVERY, SETTLED, Rotation, attend, place, rewrap, still_needed
from handlers import processes
from handlers.writing import contents
from storage import Database, Keyring, Unreadable, events, keys, people, programs, second_factors
from storage.keys import Followed
from storage.programs import RunningProgram
from storage.second_factors import Secret
from storage.tables import person
from tests.colleagues import colleague
from tests.review import PROCESS
from tests.storage.rows import Somebody, meet
from tests.waiting import until

DAY = timedelta(days=1)
WEEK = replace(PROCESS, safety=flows.Safety(forgotten_after="7 days"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "safe").mkdir()
    made = tmp_path / "safe" / "keys.json"
    keys.create(made)
    return made


@pytest.fixture
def keyring(file: Path) -> Keyring:
    return keys.load(file)


@pytest.fixture
async def weekly(database: Database) -> Database:
    """A database whose process promises a week."""
    async with database.writing() as session:
        await processes.begin(session, WEEK, datetime.now().astimezone())
    return database


def written(file: Path) -> datetime:
    return keys.changed(file)


async def passes(rotation: Rotation, *moments: datetime) -> None:
    """It looks at these moments; what it writes then is as old as that."""
    assert isinstance(rotation.keys.wrapping, Followed)
    file = rotation.keys.wrapping.path
    for moment in moments:
        before = file.stat().st_ino
        await rotation.go_on(moment)
        if file.stat().st_ino != before:
            os.utime(file, (moment.timestamp(), moment.timestamp()))


async def wrapped(database: Database, who: Somebody) -> tuple[bytes, int]:
    async with database.reading() as session:
        row = (await session.execute(select(person.c.key, person.c.key_epoch).where(person.c.id == who.id))).one()
    return row.key, row.key_epoch


async def changes(rotation: Rotation, file: Path) -> None:
    """A whole change, from the moment it is due."""
    begins = written(file) + 6 * DAY
    await passes(rotation, begins, begins + SETTLED + EVERY)


async def test_in_time_the_key_is_changed_and_old_copies_of_who_was_forgotten_open_no_more(
    weekly: Database, file: Path, keyring: Keyring
) -> None:
    async with weekly.writing() as session:
        alice, bob = await meet(session, keyring, "70001"), await meet(session, keyring, "70002")
        await events.park(session, keyring, events.NewParked("e1", "telegram", "i", "words", "KeyError", written(file)))
        await people.erase(session, bob.id)
    rotation, due = Rotation(weekly, keyring), written(file) + 6 * DAY
    await passes(rotation, due - EVERY)
    assert list(keys.load(file).wrapping) == [1]
    await passes(rotation, due, due + EVERY)
    assert list(keys.load(file).wrapping) == [1, 2]
    key, epoch = await wrapped(weekly, alice)
    assert epoch == 2
    await passes(rotation, due + SETTLED, due + SETTLED + EVERY)
    left = keys.load(file)
    assert list(left.wrapping) == [2]
    assert left.unwrap(alice.id, key, epoch) == alice.key
    with pytest.raises(Unreadable):
        left.unwrap(bob.id, bob.wrapped, 1)
    async with weekly.reading() as session:
        assert await events.read_parked(session, left, "e1") == "words"


async def test_how_far_it_is_is_told_after_each_batch(
    weekly: Database, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with weekly.writing() as session:
        for number in range(3):
            await meet(session, keyring, f"7000{number}")
    monkeypatch.setattr("bot.rotation.BATCH", 2)
    keys.begin_epoch(file)
    counts: list[int] = []
    assert await rewrap(weekly, keys.load(file), counts.append) == (3, 0)
    assert counts == [2, 3]


async def test_stopped_in_the_middle_a_change_goes_on_and_loses_nobody(
    weekly: Database, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with weekly.writing() as session:
        everybody = [await meet(session, keyring, f"7000{number}") for number in range(3)]
    rotation, due = Rotation(weekly, keyring), written(file) + 6 * DAY
    await passes(rotation, due)
    with monkeypatch.context() as dying:
        dying.setattr("bot.rotation.BATCH", 1)
        dying.setattr(people, "rewrap", dies_at_the_second(people.rewrap))
        with pytest.raises(Killed):
            await passes(rotation, due + EVERY)
    assert sorted([(await wrapped(weekly, who))[1] for who in everybody]) == [1, 1, 2]
    await passes(Rotation(weekly, keys.load(file)), due + SETTLED + EVERY)
    left = keys.load(file)
    assert list(left.wrapping) == [2]
    for who in everybody:
        assert left.unwrap(who.id, *await wrapped(weekly, who)) == who.key


class Killed(BaseException):
    """As if the process had ended there."""


def dies_at_the_second(work: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    calls = 0

    async def dying(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Killed
        return await work(*arguments)

    return dying


async def test_without_that_promise_the_keys_stay(database: Database, file: Path, keyring: Keyring) -> None:
    await changes(Rotation(database, keyring), file)
    assert list(keys.load(file).wrapping) == [1]


async def test_a_key_that_a_program_still_wraps_by_is_not_destroyed(
    weekly: Database, file: Path, keyring: Keyring
) -> None:
    rotation, begins = Rotation(weekly, keyring), written(file) + 6 * DAY
    await passes(rotation, begins)
    later = begins + SETTLED + 2 * EVERY
    asleep = RunningProgram(here(keyring), 1)
    async with weekly.writing() as session:
        await programs.write_down(session, "web", asleep, later)
    await passes(rotation, later, later + EVERY)
    assert list(keys.load(file).wrapping) == [1, 2]
    async with weekly.writing() as session:
        await programs.write_down(session, "web", replace(asleep, epoch=2), later + 2 * EVERY)
    await passes(rotation, later + 2 * EVERY)
    assert list(keys.load(file).wrapping) == [2]


def here(keyring: Keyring) -> str:
    assert isinstance(keyring.wrapping, Followed)
    return place(keyring, keyring.wrapping)


async def test_programs_with_another_copy_of_the_file_keep_the_keys_as_they_are(
    weekly: Database, file: Path, keyring: Keyring
) -> None:
    due = written(file) + 6 * DAY
    async with weekly.writing() as session:
        await programs.write_down(session, "elsewhere", RunningProgram("another machine", 1), due)
    with capture_logs() as log:
        await passes(Rotation(weekly, keyring), due, due + EVERY, due + 2 * EVERY)
    assert [line["event"] for line in log] == ["keys stay: programs read several key files"]
    assert list(keys.load(file).wrapping) == [1]


async def test_a_key_that_nothing_opens_is_said_once_and_holds_the_old_one(
    weekly: Database, file: Path, keyring: Keyring
) -> None:
    async with weekly.writing() as session:
        alice = await meet(session, keyring, "70001")
        await session.execute(update(person).where(person.c.id == alice.id).values(key=bytes(40)))
    rotation = Rotation(weekly, keyring)
    with capture_logs() as log:
        await changes(rotation, file)
        later = written(file) + 7 * DAY
        await passes(rotation, later, later + EVERY)
    assert [line["event"] for line in log if "stay" in line["event"]] == ["keys stay: no key that we know opens some"]
    assert list(keys.load(file).wrapping) == [1, 2]


async def test_a_file_that_cannot_be_written_is_said_once(
    weekly: Database, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(Path, "replace", refuse)
    due = written(file) + 6 * DAY
    with capture_logs() as log:
        await passes(Rotation(weekly, keyring), due, due + EVERY)
    assert [(line["event"], line["code"]) for line in log] == [("keys stay: the key file cannot be written", "EROFS")]
    assert list(keys.load(file).wrapping) == [1]


async def test_two_workers_change_a_key_once(weekly: Database, file: Path) -> None:
    first, other = (Rotation(weekly, keys.load(file)) for _worker in range(2))
    due = written(file) + 6 * DAY
    await passes(first, due)
    await passes(other, due + EVERY)
    await asyncio.gather(*(rotation.go_on(due + 2 * EVERY) for rotation in (first, other)))
    assert list(keys.load(file).wrapping) == [1, 2]


def test_who_looked_before_the_other_changed_it_changes_nothing(file: Path) -> None:
    keys.begin_epoch(file, after=1)
    with pytest.raises(keys.UnsafeKeys, match="meanwhile"):
        keys.begin_epoch(file, after=1)


async def test_a_program_says_which_key_it_wraps_by_until_it_ends(weekly: Database, file: Path) -> None:
    running, closing = keys.load(file), asyncio.Event()
    now = written(file)

    async def says() -> bool:
        async with weekly.reading() as session:
            return list(await programs.running(session, now)) == [RunningProgram(here(running), 1)]

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(attend(weekly, running, lambda: now, closing))
        await until(says)
        closing.set()
    async with weekly.reading() as session:
        assert await programs.running(session, now) == []


async def test_a_program_that_ended_without_a_word_is_forgotten(weekly: Database, keyring: Keyring, file: Path) -> None:
    now = written(file)
    async with weekly.writing() as session:
        await programs.write_down(session, "crashed", RunningProgram("x", 1), now)
        assert await programs.running(session, now + SETTLED) == []
        await programs.write_down(session, "alive", RunningProgram("y", 1), now + 2 * DAY)
        assert await programs.running(session, now) == [RunningProgram("y", 1)]


@pytest.mark.parametrize("wrong", ["soon", "7", "1 days", "0 days", "366 days", "seven days", "7 weeks"])
async def test_a_promise_that_is_not_understood_is_refused(database: Database, wrong: str) -> None:
    process = replace(PROCESS, safety=flows.Safety(forgotten_after=wrong))
    async with database.writing() as session:
        with pytest.raises(contents.Unfit, match="7 days"):
            await processes.begin(session, process, datetime.now().astimezone())


async def test_a_second_factor_keeps_the_old_key_until_it_is_sealed_anew(
    database: Database, file: Path, keyring: Keyring
) -> None:
    async with database.writing() as session:
        await second_factors.put(session, keyring, await colleague(session, "amal"), Secret("secret", None))
    keys.begin_epoch(file)
    async with database.writing() as session:
        assert await still_needed(session, keyring) == 0
    assert isinstance(keyring.wrapping, Followed)
    keyring.wrapping.refresh()
    async with database.writing() as session:
        assert await still_needed(session, keyring) == 1
    await rewrap(database, keyring)
    async with database.writing() as session:
        assert await still_needed(session, keyring) == 0
