"""The table of bulletins."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

bulletin = Table(
    "bulletin",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that tells it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What the organizers wrote, as JSON: its text in each language, and whom and when it is to reach.
    Column("content", Text, nullable=False),
    # It is for everybody: people who come later can read it, too.
    Column("for_all", Boolean, nullable=False),
    # Until when it is of use; null: it always is.
    Column("not_after", Moment),
    # From when on it is told; it may be to come.
    Column("published", Moment, nullable=False),
)
