"""Opening a database, and transactions on it."""

import json
import os
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from sqlite3 import SQLITE_FULL, SQLITE_NOTADB
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Session = AsyncConnection
"""One transaction. Everything that storage offers takes one, and none of it commits."""

Conflict = IntegrityError
"""Somebody else wrote the same thing first; take the whole transaction again."""

SQLITE_SETTINGS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
"""Patience comes first: turning the log on may have to wait for another process that does the same."""


DISK_FULL = "53100"
"""PostgreSQL's code of it."""

LOCKED = "55P03"
"""PostgreSQL's code of it: somebody else holds the lock."""
PATIENCE = timedelta(seconds=1)
"""So long a table is waited for that is written anew; whoever comes to it meanwhile waits, too."""

LACKING = ("42P01", "42703")
"""PostgreSQL's codes of it: no such table, no such column."""

FROZEN = timedelta(seconds=10)
"""A program that is stopped in the middle of a transaction, with its machine say, holds locks that everybody else waits
for. After so long PostgreSQL ends its connection; our transactions do not think for that long."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: SQLite by one writer and several readers, PostgreSQL by a pool."""

    writer: AsyncEngine
    reader: AsyncEngine

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """A transaction that is durable when the block ends, and never was when it raises."""
        async with self.writer.begin() as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A consistent look that changes nothing."""
        async with self.reader.connect() as session:
            yield session

    async def moment(self) -> datetime:
        """What the clock of the database says. SQLite has none but this machine's."""
        if self.reader.dialect.name == "sqlite":
            return datetime.now(UTC)
        async with self.reader.connect() as session:
            moment: datetime = (await session.exec_driver_sql("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    async def sweep(self) -> bool:
        """Let no deleted word stay in SQLite's write-ahead log. PostgreSQL recycles its own.

        False when somebody reads what was there before: sweep again later.
        """
        if self.writer.dialect.name != "sqlite":
            return True
        async with self.writer.connect() as session:
            # Past SQLAlchemy: it would begin a transaction, and nothing can be swept inside one.
            connection: Any = (await session.get_raw_connection()).driver_connection
            cursor = await connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = await cursor.fetchone()
            await cursor.close()
        return not busy

    async def scrub(self, tables: Sequence[str]) -> bool:
        """Let no deleted row of these small tables stay where they stand. On SQLite nothing deleted stays in any.

        PostgreSQL writes them anew, for which nobody may use them. False when somebody does: scrub again later.
        """
        if self.writer.dialect.name == "sqlite":
            return await self.sweep()
        async with self.writer.connect() as session:
            alone = await session.execution_options(isolation_level="AUTOCOMMIT")
            await alone.exec_driver_sql(f"SET lock_timeout = {PATIENCE // timedelta(milliseconds=1)}")
            try:
                await alone.exec_driver_sql(f"VACUUM (FULL) {', '.join(tables)}")
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != LOCKED:
                    raise
                return False
            finally:
                await alone.exec_driver_sql("RESET lock_timeout")
        return True

    @property
    def has_one_writer(self) -> bool:
        """Whether a long transaction keeps everybody else from writing."""
        return self.writer.dialect.name == "sqlite"

    async def close(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()


def open(url: str) -> Database:  # noqa: A001 reads as `storage.open(url)`
    """The database at `sqlite:///file` or `postgresql://…`, whichever driver the address names. Connects later."""
    address = with_driver(url)
    if address.get_backend_name() != "sqlite":
        frozen = {"options": f"-c idle_in_transaction_session_timeout={FROZEN // timedelta(milliseconds=1)}"}
        engine = create_async_engine(
            address, hide_parameters=True, pool_size=10, pool_pre_ping=True, connect_args=frozen
        )
        reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Database(engine, reader)
    return Database(
        _sqlite(address, "BEGIN IMMEDIATE", 1, SQLITE_SETTINGS),
        _sqlite(address, "BEGIN", 4, (*SQLITE_SETTINGS, "query_only=ON")),
    )


def with_driver(url: str) -> URL:
    """The address with the asynchronous driver that we use."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://") from None
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    backend = address.drivername.split("+")[0]
    if backend not in drivers:
        raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return address.set(drivername=drivers[backend])


def _sqlite(address: URL, begin: str, connections: int, settings: Sequence[str]) -> AsyncEngine:
    engine = create_async_engine(
        address,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def connecting(_dialect: Any, _record: Any, _given: Any, _named: Any) -> None:
        keep_private(address)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def is_full(error: BaseException) -> bool:
    """Whether this says that there is no room on the disk of the database."""
    origin = getattr(error, "orig", None)
    full = getattr(origin, "sqlite_errorcode", None) == SQLITE_FULL or getattr(origin, "sqlstate", None) == DISK_FULL
    return full or (isinstance(error, OSError) and error.errno == ENOSPC)


def keep_private(address: URL) -> None:
    """Let nobody but its owner read an SQLite database: who writes from which region stands in it unsealed.

    Where there is none it is made; SQLite gives the files beside it the same mode. Those of before are changed too.
    """
    if not address.database or address.database == ":memory:":
        return
    file = Path(address.database)
    # Only a new file is opened here: closing one that this process uses would let go of SQLite's locks on it.
    with suppress(OSError):  # what is wrong with this place SQLite says better
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for path in (file, *(Path(f"{file}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)


def is_away(error: BaseException) -> bool:
    """Whether this says that the database cannot be reached, rather than that we asked it something wrong."""
    return isinstance(error, OperationalError | ConnectionError | NoneFree) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def is_unmade(error: BaseException) -> bool:
    """Whether this says that the database is there and lacks tables, or columns of them: it has to be migrated."""
    origin = getattr(error, "orig", None)
    lacks = getattr(origin, "sqlstate", None) in LACKING
    return lacks or (
        isinstance(error, OperationalError) and str(origin).startswith(("no such table", "no such column"))
    )


def is_no_database(error: BaseException) -> bool:
    """Whether this says that the file is none of SQLite's."""
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", None) == SQLITE_NOTADB


def packed(value: object) -> str:
    """A list or mapping as the text that a column keeps."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
