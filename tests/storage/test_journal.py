"""Entries follow each other without a gap, whoever writes at once and whatever is taken back, and none is changed."""

import asyncio
import json
import signal
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from storage import Conflict, Database, Session, journal
from storage.journal import START, Head, NewEntry
from tests.storage.rows import NOW, PROCESS, until_somebody_waits

ROOT = Path(__file__).parents[2]


def entry(act: str = "bulletin.publish", process: str | None = PROCESS) -> NewEntry:
    return NewEntry(NOW, "amina", process, act, "5f1c", '{"language":"fr","number":2}')


async def written(session: Session, number: int) -> None:
    for _each in range(number):
        await journal.append(session, entry())


async def numbers(database: Database) -> list[int]:
    async with database.reading() as session:
        return [entry.number for entry in await journal.after(session, None, 100)]


async def test_an_entry_holds_the_hash_of_the_one_before_and_of_what_it_says(database: Database) -> None:
    async with database.writing() as session:
        assert await journal.head(session) == START
        await written(session, 2)
        last = await journal.head(session)
    async with database.reading() as session:
        first, second = await journal.after(session, None, 10)
    assert (first.previous, second.previous, second.hash) == ("0" * 64, first.hash, last.hash)
    assert (first.number, second.number, last.number) == (1, 2, 2)
    content = {
        "number": 2,
        "at": "2026-11-23T12:30:15.250000+00:00",
        "staff_id": "amina",
        "process_id": "review",
        "act": "bulletin.publish",
        "object": "5f1c",
        "facts": '{"language":"fr","number":2}',
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert second.hash == sha256(f"{first.hash}{canonical}".encode()).hexdigest()


async def test_they_are_read_page_by_page_from_either_end(database: Database) -> None:
    async with database.writing() as session:
        for process in (PROCESS, "national", None, PROCESS, PROCESS):
            await journal.append(session, entry(process=process))
        newest = [await journal.newest(session, PROCESS, 2), await journal.newest(session, PROCESS, 2, before=4)]
        assert [[entry.number for entry in page] for page in newest] == [[5, 4], [1]]
        assert [entry.number for entry in await journal.newest(session, None, 3)] == [5, 4, 3]
        assert [entry.number for entry in await journal.after(session, 2, 2)] == [3, 4]


TOUCHED = (
    "UPDATE journal SET act = 'x' WHERE number = 1",
    "DELETE FROM journal WHERE number = 2",
    (
        "INSERT INTO journal SELECT number + 2, at, staff_id, process_id, act, object, facts, previous, hash "
        "FROM journal WHERE number = 2"
    ),
    (
        "INSERT INTO journal SELECT 0, at, staff_id, process_id, act, object, facts, previous, hash "
        "FROM journal WHERE number = 2"
    ),
)
ON_SQLITE = (
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE number = 1",
    "REPLACE INTO journal SELECT * FROM journal",
)
ON_POSTGRESQL = ("TRUNCATE journal", "UPDATE journal SET act = 'x' WHERE number = 9")


async def test_the_database_refuses_to_change_delete_or_squeeze_in(database: Database) -> None:
    async with database.writing() as session:
        await written(session, 2)
        before = await journal.after(session, None, 10)
    for statement in (*TOUCHED, *(ON_SQLITE if database.has_one_writer else ON_POSTGRESQL)):
        with pytest.raises(Conflict, match="of the journal"):
            async with database.writing() as session:
                await session.exec_driver_sql(statement)
    async with database.reading() as session:
        assert await journal.after(session, None, 10) == before


async def test_what_was_taken_back_leaves_no_entry_and_no_gap(database: Database) -> None:
    async with database.writing() as session:
        await written(session, 1)
    with suppress(ZeroDivisionError):
        async with database.writing() as session:
            await written(session, 2)
            raise ZeroDivisionError
    assert await numbers(database) == [1]
    async with database.writing() as session:
        assert (await journal.append(session, entry())).number == 2


KILLED = """
import asyncio, os, signal, sys
import storage
from storage import journal
from tests.storage.test_journal import entry

async def work() -> None:
    async with storage.open(sys.argv[1]).writing() as session:
        await journal.append(session, entry())
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(work())
"""


async def test_who_is_killed_while_writing_leaves_no_entry_and_holds_up_nobody(
    database: Database, database_url: str
) -> None:
    async with database.writing() as session:
        await written(session, 1)
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, database_url, cwd=ROOT)
    assert await killed.wait() == -signal.SIGKILL
    async with database.writing() as session:
        await written(session, 1)
    assert await numbers(database) == [1, 2]


async def test_of_two_at_once_one_goes_on_from_the_other(postgresql: Database) -> None:
    async def other() -> Head:
        async with postgresql.writing() as session:
            return await journal.append(session, entry("bulletin.stop"))

    async with postgresql.writing() as session:
        first = await journal.append(session, entry())
        waiting = asyncio.create_task(other())
        await until_somebody_waits(session)
    second = await waiting
    async with postgresql.reading() as session:
        entries = await journal.after(session, None, 10)
    assert [(entry.number, entry.previous, entry.hash) for entry in entries] == [
        (1, START.hash, first.hash),
        (2, first.hash, second.hash),
    ]
