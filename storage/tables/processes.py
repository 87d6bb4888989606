"""The table of processes."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from storage._ground.columns import Moment
from storage.states import ProcessState
from storage.tables._metadata import metadata

process = Table(
    "process",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # What organizers call it by: small letters, digits and hyphens.
    Column("slug", Text, nullable=False, unique=True, index=True),
    # A `ProcessState`.
    Column("state", Text, nullable=False, server_default=ProcessState.OPEN.value),
    # The process that it stands under, which stands under none; null: it stands under none itself.
    Column("parent_id", Text, ForeignKey("process.id")),
    # Rises by one with each change of what conversations know of it, so that programs that remember it read it anew.
    Column("edition", Integer, nullable=False),
    # What the organizers wrote of it, as JSON: its name, languages, regions and rules.
    Column("content", Text, nullable=False),
    # When it was written down.
    Column("opened", Moment, nullable=False),
    # When it was closed; null: it is open.
    Column("closed", Moment),
)
