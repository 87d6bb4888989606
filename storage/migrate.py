"""Bringing the tables up to date."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection

from storage.database import SQLITE_SETTINGS, with_driver
from storage.tables import metadata

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_203_418_816


def migrate(url: str) -> None:
    """Bring the tables up to date. Safe to run twice, and by two processes at once."""
    _with_connection(url, lambda connection: command.upgrade(_config(connection), "head"))


def undo(url: str) -> None:
    """Take every table away again, with everything in it."""
    _with_connection(url, lambda connection: command.downgrade(_config(connection), "base"))


def revise(url: str, message: str) -> None:
    """Write a new version from what the tables in the code have that this database has not."""
    _with_connection(url, lambda connection: command.revision(_config(connection), message, autogenerate=True))


def is_current(connection: Connection) -> bool:
    """Whether this database has every version that the code knows."""
    heads = ScriptDirectory.from_config(_config(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def differences(url: str) -> list[Any]:
    """What the tables of the code and those of a database do not agree on."""
    found: list[Any] = []
    _with_connection(
        url, lambda connection: found.extend(compare_metadata(MigrationContext.configure(connection), metadata))
    )
    return found


def _with_connection(url: str, work: Callable[[Connection], object]) -> None:
    address = with_driver(url)
    sqlite = address.get_backend_name() == "sqlite"
    engine = create_engine(address.set(drivername="sqlite") if sqlite else address, hide_parameters=True)
    if sqlite:
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


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
