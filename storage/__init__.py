"""Tables and their queries, one file a subject; encryption; migrations; the only SQL."""

from storage._ground.database import (
    Conflict,
    Database,
    Session,
    is_away,
    is_full,
    is_no_database,
    is_unmade,
    open,  # noqa: A004 reads as `storage.open(url)`
    with_driver,
)
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey, Unreadable, UnsafeKeys
from storage.versions import Foreign, migrate

__all__ = [
    "Conflict",
    "Database",
    "Foreign",
    "Keyring",
    "PersonKey",
    "Session",
    "Unreadable",
    "UnsafeKeys",
    "fresh",
    "is_away",
    "is_full",
    "is_no_database",
    "is_unmade",
    "migrate",
    "open",
    "with_driver",
]
