"""Which version of the tables a database has. Only where it is not ours is what changes them loaded: that is large."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from storage._ground.alone import alone

VERSIONS = "alembic_version"
"""The table in which a database has its version."""
MOST_NAMED = 5
NEWEST = "44b1e6f07a92"
"""The revision of the newest file in `migrations/versions`."""


class Foreign(Exception):
    """What is in this database is not ours, or newer than we are. The text says what to do."""


Says = Callable[[str], None]


def migrate(url: str, says: Says = lambda _version: None) -> None:
    """Bring the tables up to date, and tell of each version that is made. Safe to run twice, and by two at once.

    Raises `Foreign`, and has changed nothing then.
    """
    alone(url, lambda connection: _migrate(connection, says))


def _migrate(connection: Connection, says: Says) -> None:
    if is_current(connection):
        return
    from storage.migrations.changes import known_versions, upgrade

    if why := _foreign(connection, known_versions(connection)):
        raise Foreign(why)
    upgrade(connection, says)


def _foreign(connection: Connection, known: Collection[str]) -> str:
    """Why these tables are not ours to change; "" where there are none yet, or those of a version that we know."""
    tables = inspect(connection).get_table_names()
    versions = _versions(connection) if VERSIONS in tables else []
    if not versions and (others := sorted(set(tables) - {VERSIONS})):
        named = ", ".join(others[:MOST_NAMED]) + (" ..." if len(others) > MOST_NAMED else "")
        return f"DATABASE_URL names a database of something else: it has the tables {named}. Use an empty one."
    if not set(versions) <= set(known):
        return (
            "DATABASE_URL names a database that a newer Hearback, or another program, has made. "
            "Update this program, or use another database."
        )
    return ""


def is_current(connection: Connection) -> bool:
    """Whether this database has every version that the code knows."""
    return inspect(connection).has_table(VERSIONS) and _versions(connection) == [NEWEST]


def _versions(connection: Connection) -> Sequence[str]:
    return connection.scalars(text(f"SELECT version_num FROM {VERSIONS}")).all()  # noqa: S608 a name of ours
