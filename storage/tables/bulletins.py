"""The table of bulletins."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

bulletin = Table(
    "bulletin",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("for_all", Boolean, nullable=False),
    Column("not_after", Moment),
    Column("published", Moment, nullable=False),
)
