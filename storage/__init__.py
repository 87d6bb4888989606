"""Tables and their queries, one file a subject; encryption; migrations; the only SQL."""

from storage._ground.database import Conflict, Database, Session, is_away, is_full, open, with_driver  # noqa: A004 reads as `storage.open(url)`
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey, Unreadable, UnsafeKeys
from storage.versions import migrate

__all__ = [
    "Conflict",
    "Database",
    "Keyring",
    "PersonKey",
    "Session",
    "Unreadable",
    "UnsafeKeys",
    "fresh",
    "is_away",
    "is_full",
    "migrate",
    "open",
    "with_driver",
]
