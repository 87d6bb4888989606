"""A file is made whoever dies, once however many make it, and lies nowhere afterwards."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import leftovers
from bot.exporting import ALONE, MOST_TRIES, Exporting, Taken
from bot.housekeeping import Housekeeping
from bot.leftovers import FOLDER, private_folder
from broadcast.wake import Waker
from handlers import moderation, processes
from handlers.exports import KEPT, making
from handlers.moderation import Mark, Moderator
from storage import Database, Keyring, exports, people
from storage.exports import NewExport, StoredExport
from storage.states import ExportFormat, ExportKind, ExportState
from storage.tables import export_part
from tests.exports import reading
from tests.storage.rows import NOW, PROCESS, Somebody, another, give, meet

STAFF = "staff-1"


@dataclass
class Workshop:
    """A database with people in it who said something, and the workers beside it."""

    database: Database
    keys: Keyring
    now: datetime = NOW
    people: list[Somebody] = field(default_factory=list)

    def worker(self, name: str = "first") -> Exporting:
        return Exporting(self.database, self.keys, name, lambda: self.now)

    async def asks(self, format_: ExportFormat = ExportFormat.CSV, name: str = "file") -> None:
        async with self.database.writing() as session:
            new = NewExport(name, PROCESS, ExportKind.CONTRIBUTIONS, format_, "en", False, STAFF, self.now)
            await exports.add(session, new)

    async def file(self, name: str = "file") -> StoredExport:
        async with self.database.reading() as session:
            return next(its for its in await exports.newest(session, PROCESS, 9) if its.id == name)

    async def fetches(self, who: str = STAFF, process: str = PROCESS, name: str = "file") -> bytes | None:
        async with self.database.writing() as session:
            found = await exports.fetch(session, self.keys, process, name, who, self.now)
        return None if found is None else found[1]

    async def parts(self) -> int:
        async with self.database.reading() as session:
            return (await session.execute(select(func.count()).select_from(export_part))).scalar_one()

    async def keeps_house(self) -> None:
        await Housekeeping(self.database, self.keys, {}, Waker()).age(self.now)


@pytest.fixture
async def workshop(database: Database, keys: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(making, "BATCH", 4)
    shop = Workshop(database, keys)
    async with database.writing() as session:
        for number in range(10):
            shop.people.append(await meet(session, keys, f"7{number:04}"))
            await give(session, shop.people[-1], "Interpreters.")
    return shop


def rows(file: bytes | None) -> int:
    assert file is not None
    return len(reading.tables(file)["contributions.csv"]) - 1


def left_in(folder: Path) -> list[Path]:
    return list(folder.glob(f"{FOLDER}*"))


async def test_it_is_made_sealed_fetched_once_and_gone(workshop: Workshop, tmp_path: Path) -> None:
    await workshop.asks()
    assert (await workshop.file()).state is ExportState.WAITING
    await workshop.worker().go_on()
    made = await workshop.file()
    assert (made.state, made.progress, made.number) == (ExportState.READY, 100, 10)
    assert left_in(tmp_path) == [], "it lies nowhere"
    async with workshop.database.reading() as session:
        content = (await session.execute(select(export_part.c.content))).scalars().all()
    assert content
    assert not any(b"PK\x03\x04" in box or b"UEsDB" in box for box in content), "it lies sealed"
    assert rows(await workshop.fetches()) == 10
    assert await workshop.fetches() is None
    assert ((await workshop.file()).state, await workshop.parts()) == (ExportState.FETCHED, 0)


async def test_nobody_else_and_no_other_process_fetches_it(workshop: Workshop) -> None:
    await workshop.asks()
    await workshop.worker().go_on()
    async with workshop.database.writing() as session:
        other = await another(session)
    assert await workshop.fetches("staff-2") is None
    assert await workshop.fetches(process=other) is None
    assert rows(await workshop.fetches()) == 10


async def test_what_nobody_fetches_is_erased_after_a_day(workshop: Workshop) -> None:
    await workshop.asks()
    await workshop.worker().go_on()
    workshop.now += KEPT
    await workshop.keeps_house()
    assert (await workshop.file()).state is ExportState.READY
    workshop.now += timedelta(seconds=1)
    await workshop.keeps_house()
    assert ((await workshop.file()).state, await workshop.parts()) == (ExportState.EXPIRED, 0)
    assert await workshop.fetches() is None
    workshop.now += timedelta(days=31)
    await workshop.keeps_house()
    async with workshop.database.reading() as session:
        assert await exports.newest(session, PROCESS, 9) == []


async def stopped(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, at: Callable[[], Awaitable[None]]) -> None:
    """A worker gets as far as its second batch, and then this happens."""
    batches: list[int] = []
    real = making.Making.make

    async def make(self: making.Making, folder: Path, tell: making.Tell) -> making.Made:
        async def told(progress: int) -> None:
            batches.append(progress)
            if len(batches) == 2:
                await at()
            await tell(progress)

        return await real(self, folder, told)

    monkeypatch.setattr(making.Making, "make", make)
    try:
        await workshop.worker().go_on()
    finally:
        monkeypatch.setattr(making.Making, "make", real)
        assert len(batches) >= 2


class Killed(BaseException):
    """Nothing of ours goes on after it."""


async def test_a_worker_that_is_killed_in_the_middle_leaves_it_to_another(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies() -> None:
        raise Killed

    await workshop.asks()
    with pytest.raises(Killed):
        await stopped(workshop, monkeypatch, dies)
    assert (await workshop.file()).state is ExportState.MAKING
    await workshop.worker("second").go_on()
    assert (await workshop.file()).state is ExportState.MAKING, "the first may be alive"
    workshop.now += ALONE + timedelta(seconds=1)
    await workshop.worker("second").go_on()
    assert (await workshop.file()).state is ExportState.READY
    assert rows(await workshop.fetches()) == 10


async def test_a_worker_that_was_thought_dead_keeps_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_slow() -> None:
        workshop.now += ALONE + timedelta(seconds=1)
        async with workshop.database.writing() as session:
            taken = await exports.claim(session, "second", workshop.now, workshop.now + ALONE)
        assert taken is not None

    await workshop.asks()
    await stopped(workshop, monkeypatch, is_slow)
    assert ((await workshop.file()).state, await workshop.parts()) == (ExportState.MAKING, 0)


async def test_who_is_forgotten_while_it_is_made_or_waits_is_not_in_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget() -> None:
        async with workshop.database.writing() as session:
            await people.erase(session, workshop.people.pop().id)

    await workshop.asks()
    await stopped(workshop, monkeypatch, forget)
    assert ((await workshop.file()).state, await workshop.parts()) == (ExportState.WAITING, 0)
    await workshop.worker().go_on()
    assert (await workshop.file()).state is ExportState.READY
    await forget()
    assert ((await workshop.file()).state, await workshop.parts()) == (ExportState.WAITING, 0)
    assert await workshop.fetches() is None
    await workshop.worker().go_on()
    assert rows(await workshop.fetches()) == 8


async def test_what_a_moderator_hides_masks_or_wants_to_read_anew_leaves_in_no_file_made_before(
    workshop: Workshop,
) -> None:
    async with workshop.database.writing() as session:
        process = await processes.get(session, PROCESS)
        name = await give(session, workshop.people[0], "Ask Amal.")
    amina = Moderator(STAFF, None)

    async def marks(what: Mark) -> ExportState:
        async with workshop.database.writing() as session:
            await moderation.mark(session, process, [name], what, amina, NOW)
        return (await workshop.file()).state

    await workshop.asks()
    await marks(Mark.READ)
    for withdrawn in (Mark.HIDE, Mark.UNREAD):
        await workshop.worker().go_on()
        assert await marks(withdrawn) is ExportState.WAITING
        await marks(Mark.SHOW)
        await marks(Mark.READ)
    await workshop.worker().go_on()
    copy = moderation.Copy("Ask ▇▇▇.", moderation.version("Ask Amal."))
    async with workshop.database.writing() as session:
        await moderation.mask(session, process, workshop.keys, name, copy, amina, NOW)
    assert await workshop.fetches() is None
    await workshop.worker().go_on()
    file = await workshop.fetches()
    assert file is not None
    assert "Amal" not in repr(reading.tables(file))
    assert "Ask ▇▇▇." in repr(reading.tables(file))


async def test_what_a_killed_program_left_is_erased_by_whoever_keeps_house_and_when_a_worker_begins(
    workshop: Workshop, tmp_path: Path
) -> None:
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    dead, living, ours = (tmp_path / f"{FOLDER}{pid}-x" for pid in (gone.pid, os.getppid(), os.getpid()))
    for folder in (dead, living, ours):
        folder.mkdir()
        (folder / "file").write_text("Interpreters.")
    await Housekeeping(workshop.database, workshop.keys, {}, Waker()).keep(NOW)
    assert set(left_in(tmp_path)) == {living, ours}, "ours may be being made at this moment"
    leftovers.clean(begins=True)
    assert left_in(tmp_path) == [living], "a container gives every program of its the same number"


async def test_two_workers_make_two_files(workshop: Workshop) -> None:
    await workshop.asks()
    await workshop.asks(name="another")
    async with workshop.database.writing() as session:
        first = await exports.claim(session, "first", NOW, NOW + ALONE)
    async with workshop.database.writing() as session:
        second = await exports.claim(session, "second", NOW, NOW + ALONE)
        third = await exports.claim(session, "third", NOW, NOW + ALONE)
    assert first is not None
    assert second is not None
    assert {first.id, second.id} == {"file", "another"}
    assert third is None


async def test_what_our_code_fails_on_is_tried_again_and_given_up(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def fails(*_arguments: object) -> making.Made:
        raise ZeroDivisionError

    monkeypatch.setattr(making.Making, "make", fails)
    await workshop.asks()
    for _number in range(MOST_TRIES - 1):
        await workshop.worker().go_on()
        assert (await workshop.file()).state is ExportState.WAITING
    await workshop.worker().go_on()
    assert (await workshop.file()).state is ExportState.FAILED
    await workshop.worker().go_on()
    assert (await workshop.file()).tries == MOST_TRIES
    assert left_in(tmp_path) == []


def test_what_a_killed_program_has_left_goes_and_what_a_living_one_needs_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    dead, living, ours = (tmp_path / f"{FOLDER}{pid}-x" for pid in (gone.pid, os.getppid(), os.getpid()))
    for folder in (dead, living, ours):
        folder.mkdir()
        (folder / "words").write_text("somebody's")
    with private_folder() as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "words").write_text("somebody's")
        assert sorted(tmp_path.iterdir()) == sorted([living, folder])
    assert list(tmp_path.iterdir()) == [living]
    with pytest.raises(Taken), private_folder():
        raise Taken
    assert list(tmp_path.iterdir()) == [living]


def test_the_libraries_are_loaded_only_where_a_file_is_made() -> None:
    """By no other part of the program: they are large."""
    loaded = "sorted({'docx', 'lxml', 'xlsxwriter'} & set(sys.modules))"
    looks = f"import sys, bot.serve, bot.worker, console.site; print({loaded})"
    assert subprocess.run([sys.executable, "-c", looks], capture_output=True, check=True).stdout == b"[]\n"
