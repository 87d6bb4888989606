"""The table of what is published again and again."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

schedule = Table(
    "schedule",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that tells it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The bulletin that repeats, as JSON.
    Column("content", Text, nullable=False),
    # How often: daily, weekly or monthly.
    Column("rule", Text, nullable=False),
    # When it is published next.
    Column("due", Moment, nullable=False, index=True),
    # When it was ordered.
    Column("made", Moment, nullable=False),
)
