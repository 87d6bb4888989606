"""A database is opened with the settings that our promises rest on."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

import storage
from storage import Conflict, Database, Session
from storage._ground.database import with_driver
from storage.tables import contribution, event
from tests.storage.rows import NOW, PROCESS


async def pragma(session: Session, setting: str) -> object:
    return (await session.exec_driver_sql(f"PRAGMA {setting}")).scalar_one()


async def test_sqlite_keeps_what_it_confirms_and_deletes_what_it_should(sqlite: Database) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "busy_timeout": 30000,
    }
    async with sqlite.writing() as session:
        assert {setting: await pragma(session, setting) for setting in wanted} == wanted
    async with sqlite.reading() as session:
        assert {setting: await pragma(session, setting) for setting in wanted} == wanted


def modes(folder: Path) -> dict[str, str]:
    return {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}


@pytest.fixture
def everybody_may_read() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("everybody_may_read")
async def test_nobody_else_may_read_a_new_database_nor_what_lies_beside_it(tmp_path: Path) -> None:
    storage.migrate(f"sqlite:///{tmp_path / 'hearback.db'}")
    made = storage.open(f"sqlite:///{tmp_path / 'hearback.db'}")
    try:
        async with made.writing() as session:
            await session.execute(insert(event).values(id="1", seen=NOW))
            assert modes(tmp_path) == dict.fromkeys(("hearback.db", "hearback.db-wal", "hearback.db-shm"), "0o600")
    finally:
        await made.close()


@pytest.mark.usefixtures("everybody_may_read")
async def test_a_database_of_before_is_closed_to_others(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "hearback.db").chmod(0o644)
    made = storage.open(sqlite_url)
    try:
        async with made.reading() as session:
            await session.execute(select(event))
        assert set(modes(tmp_path).values()) == {"0o600"}
    finally:
        await made.close()


async def test_postgresql_confirms_only_what_is_on_the_disk(postgresql: Database) -> None:
    async with postgresql.writing() as session:
        assert (await session.exec_driver_sql("SHOW synchronous_commit")).scalar_one() == "on"


async def test_references_are_kept(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.writing() as session:
            await session.execute(
                insert(contribution).values(
                    id="c", process_id=PROCESS, person_id="nobody", topic="", language="en", given=NOW.date()
                )
            )


async def count(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(event))).scalar_one()


async def test_who_reads_does_not_wait_for_who_writes_nor_sees_what_is_not_committed(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(event).values(id="1", seen=NOW))
        assert await count(database) == 0
    assert await count(database) == 1


async def test_what_raises_was_never_written(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await session.execute(insert(event).values(id="1", seen=NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(database) == 0


async def test_many_may_read_while_one_writes(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(event).values(id="1", seen=NOW))
        assert await asyncio.gather(*(count(database) for _ in range(8))) == [0] * 8


async def test_writers_take_turns(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.writing() as session:
            await session.execute(insert(event).values(id=f"{number}", seen=NOW))

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await count(database) == 20


async def test_what_is_opened_for_reading_writes_nothing(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(DBAPIError):
            await session.execute(insert(event).values(id="1", seen=NOW))


async def test_one_look_sees_one_moment(database: Database) -> None:
    async with database.reading() as session:
        before = (await session.execute(select(func.count()).select_from(event))).scalar_one()
        async with database.writing() as other:
            await other.execute(insert(event).values(id="1", seen=NOW))
        assert (await session.execute(select(func.count()).select_from(event))).scalar_one() == before == 0


async def test_after_a_look_one_can_write_again(database: Database) -> None:
    for number in range(12):
        await count(database)
        async with database.writing() as session:
            await session.execute(insert(event).values(id=f"{number}", seen=NOW))
    assert await count(database) == 12


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgres://user@host/name", "postgresql+psycopg"),
        ("postgresql://user@host/name", "postgresql+psycopg"),
        ("postgresql+asyncpg://user@host/name", "postgresql+psycopg"),
    ],
)
def test_an_address_may_name_any_driver(url: str, driver: str) -> None:
    assert with_driver(url).drivername == driver


def test_another_kind_of_database_is_refused_without_showing_its_address() -> None:
    with pytest.raises(ValueError, match="must begin with") as wrong:
        storage.open("mysql://user:secret@host/name")
    assert "secret" not in str(wrong.value)


async def test_a_database_that_is_not_there_is_away() -> None:
    database = storage.open("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DBAPIError) as wrong:
        async with database.writing():
            pass
    await database.close()
    assert storage.is_away(wrong.value)


async def test_what_we_ask_wrongly_is_not_the_database_being_away(postgresql: Database) -> None:
    with pytest.raises(DBAPIError) as wrong:
        async with postgresql.writing() as session:
            await session.exec_driver_sql("SELECT nothing")
    assert not storage.is_away(wrong.value)
    assert not storage.is_away(ValueError())
