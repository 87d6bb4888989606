"""The table of what a process hands to the one that it stands under."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

input = Table(  # noqa: A001 the word of the field, never used bare
    "input",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that publishes it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # What the organizers wrote, and how many contributions there were about what, as JSON; no small number is in it.
    Column("content", Text, nullable=False),
    # When it was published.
    Column("published", Moment, nullable=False),
)
