"""The table of what is published again and again."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

schedule = Table(
    "schedule",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("made", Moment, nullable=False),
)
