"""Which version of the tables a database has. Only where it is not ours is what changes them loaded: that is large."""

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from storage._ground.alone import alone

NEWEST = "5c1d9be7240a"
"""The revision of the newest file in `migrations/versions`."""


def migrate(url: str) -> None:
    """Bring the tables up to date. Safe to run twice, and by two processes at once."""
    alone(url, _migrate)


def _migrate(connection: Connection) -> None:
    if not is_current(connection):
        from storage.migrations.changes import upgrade

        upgrade(connection)


def is_current(connection: Connection) -> bool:
    """Whether this database has every version that the code knows."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [NEWEST]
