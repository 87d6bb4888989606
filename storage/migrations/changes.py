"""Changing the tables from one version to another."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from storage._ground.alone import alone
from storage.tables import metadata

FOLDER = Path(__file__).parent


def upgrade(connection: Connection, says: Callable[[str], None]) -> None:
    """To the newest version, telling of each on the way in its own words."""
    made = config(connection)
    made.attributes["says"] = says
    command.upgrade(made, "head")
    _refuse_lost_rows(connection)


def _refuse_lost_rows(connection: Connection) -> None:
    """SQLite looks at references only when it is asked, after a table was put in another's place."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if lost is not None:
            raise RuntimeError(f"rows of {lost[0]} refer to rows of {lost[2]} that are gone")


def known_versions(connection: Connection) -> Collection[str]:
    """Every version that there is a file of."""
    return {version.revision for version in ScriptDirectory.from_config(config(connection)).walk_revisions()}


def undo(url: str) -> None:
    """Take every table away again, with everything in it."""
    alone(url, lambda connection: command.downgrade(config(connection), "base"))


def revise(url: str, message: str) -> None:
    """Write a new version from what the tables in the code have that this database has not."""
    alone(url, lambda connection: command.revision(config(connection), message, autogenerate=True))


def differences(url: str) -> list[Any]:
    """What the tables of the code and those of a database do not agree on."""
    differing: list[Any] = []
    alone(url, lambda connection: differing.extend(compare_metadata(MigrationContext.configure(connection), metadata)))
    return differing


def config(connection: Connection) -> Config:
    """What Alembic is told, to work on this connection."""
    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    alembic.attributes["connection"] = connection
    return alembic
