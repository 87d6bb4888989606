"""Which version of the tables a database has. Only where it is not ours is what changes them loaded: that is large."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Connection

from storage._ground.database import SQLITE_SETTINGS, keep_private, with_driver

NEWEST = "b7d2f60c91ae"
"""The revision of the newest file in `migrations/versions`."""
LOCK = 7_203_418_816


def migrate(url: str) -> None:
    """Bring the tables up to date. Safe to run twice, and by two processes at once."""
    with_all_of(url, _migrate)


def _migrate(connection: Connection) -> None:
    if not is_current(connection):
        import_module("storage.migrations.changes").upgrade(connection)


def is_current(connection: Connection) -> bool:
    """Whether this database has every version that the code knows."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [NEWEST]


def with_all_of(url: str, work: Callable[[Connection], object]) -> None:
    """Do this in one transaction, while nobody else does anything like it."""
    address = with_driver(url)
    sqlite = address.get_backend_name() == "sqlite"
    engine = create_engine(address.set(drivername="sqlite") if sqlite else address, hide_parameters=True)
    if sqlite:
        keep_private(address)
        event.listen(engine, "connect", _settled)
        event.listen(engine, "begin", _alone)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            work(connection)
    finally:
        engine.dispose()


def _settled(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _alone(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
