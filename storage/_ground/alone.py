"""One transaction in which nobody else does anything like it: how the tables are changed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection

from storage._ground.database import SQLITE_SETTINGS, keep_private, with_driver

REFERENCES_WAIT = "foreign_keys=OFF"
"""SQLite changes a table by putting another in its place: what refers to its rows must not go with the old one."""
LOCK = 7_203_418_816
"""The number of PostgreSQL's advisory lock for it."""


def alone(url: str, work: Callable[[Connection], object]) -> None:
    """Do this in one transaction, while nobody else does anything like it."""
    address = with_driver(url)
    sqlite = address.get_backend_name() == "sqlite"
    engine = create_engine(address.set(drivername="sqlite") if sqlite else address, hide_parameters=True)
    if sqlite:
        keep_private(address)
        event.listen(engine, "connect", _settled)
        event.listen(engine, "begin", _immediately)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            work(connection)
    finally:
        engine.dispose()


def _settled(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for setting in (*SQLITE_SETTINGS, REFERENCES_WAIT):
        connection.execute(f"PRAGMA {setting}")


def _immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
