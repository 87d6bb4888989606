"""Empty databases for tests: the tables are made once a run, then copied."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

import servers
import storage
from servers.postgres import SUPERUSER

TEMPLATE = "template_hearback"
UNFINISHED = "unfinished_hearback"
VERSIONS = "alembic_version"
LARGE_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 1000000
"""
"""Of more than a megabyte."""


def url_of(address: str) -> str:
    return f"postgresql+psycopg://{SUPERUSER}@{address}"


def sqlite_template(folder: Path) -> Path:
    """A migrated file, all of it in the file itself and nothing in a log beside it."""
    template = folder / "template.db"
    with servers.exclusive(folder, "template.db"):
        if not template.exists():
            made = folder / "unfinished.db"
            storage.migrate(f"sqlite+aiosqlite:///{made}")
            with closing(sqlite3.connect(made)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.rename(template)
    return template


@dataclass(frozen=True, slots=True)
class Clone:
    """One process's own migrated database."""

    url: str
    deletes: Composed

    def empty(self) -> None:
        """Delete every row, whoever still holds one. On few rows, TRUNCATE takes ten times as long.

        Where there were many, their room is given back: a table that is large for its rows is read by other plans.
        """
        with _connect(self.url) as connection:
            _end_others(connection, self.url.rpartition("/")[2])
            connection.execute("SET session_replication_role = replica")
            large = [Identifier(table) for (table,) in connection.execute(LARGE_TABLES).fetchall()]
            if large:
                connection.execute(SQL("TRUNCATE {} CASCADE").format(SQL(", ").join(large)))
            connection.execute(self.deletes)


def clone(folder: Path, postgres: str, worker: str) -> Clone:
    """A copy of the run's migrated database. Without foreign keys' and other triggers any table can be emptied."""
    with servers.exclusive(folder, TEMPLATE), _connect(f"{postgres}/postgres") as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).rowcount:
            with blank(postgres, UNFINISHED) as url:
                storage.migrate(url)
                _end_others(connection, UNFINISHED)
                rename = SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(Identifier(UNFINISHED), Identifier(TEMPLATE)))
        copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(Identifier(f"worker_{worker}"), Identifier(TEMPLATE)))
    url = f"{postgres}/worker_{worker}"
    with _connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    deletes = [SQL("DELETE FROM {}").format(Identifier(table)) for (table,) in tables if table != VERSIONS]
    return Clone(url, SQL("; ").join(deletes))


@contextmanager
def blank(postgres: str, name: str) -> Iterator[str]:
    """A database without tables, for as long as the block."""
    with _connect(f"{postgres}/postgres") as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield f"{postgres}/{name}"
        finally:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _end_others(connection: psycopg.Connection[Any], database: str) -> None:
    """End every other connection to it, and wait until each is gone."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [database],
    )


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
