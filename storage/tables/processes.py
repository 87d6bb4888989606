"""The table of processes."""

from sqlalchemy import Column, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

process = Table(
    "process",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # Rises by one with each change of what conversations know of it, so that programs that remember it read it anew.
    Column("edition", Integer, nullable=False),
    # What the organizers wrote of it, as JSON: its name, languages, regions and rules.
    Column("content", Text, nullable=False),
    # When it was written down.
    Column("opened", Moment, nullable=False),
)
