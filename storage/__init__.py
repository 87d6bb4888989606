"""Tables and their queries, one file a subject; encryption; migrations; the only SQL."""

from storage._ground.database import Conflict, Database, Session, is_away, is_full, open  # noqa: A004 reads as `storage.open(url)`
from storage._ground.keys import Keyring, PersonKey, Unreadable, UnsafeKeys
from storage.versions import migrate

__all__ = [
    "Conflict",
    "Database",
    "Keyring",
    "PersonKey",
    "Session",
    "Unreadable",
    "UnsafeKeys",
    "is_away",
    "is_full",
    "migrate",
    "open",
]
