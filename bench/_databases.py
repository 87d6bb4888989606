"""Blank databases whose commits are on the disk: SQLite, and PostgreSQL as in production."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import servers
from tests import databases

DISK = Path("/var/tmp")  # noqa: S108 - only a private folder inside it is used; /tmp may be memory
KINDS = ("SQLite", "PostgreSQL")

Blank = dict[str, dict[str, str]]
"""The address of a database, by its kind and by who it is for."""


@contextmanager
def blank(owners: Sequence[str]) -> Iterator[Blank]:
    """One of each kind for each owner, until the block ends."""
    with ExitStack() as until_then:
        folder = Path(until_then.enter_context(tempfile.TemporaryDirectory(prefix="hearback-bench-", dir=DISK)))
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        yield {
            "SQLite": {owner: f"sqlite+aiosqlite:///{folder / owner}.db" for owner in owners},
            "PostgreSQL": {owner: until_then.enter_context(databases.blank(postgres, owner)) for owner in owners},
        }
