"""The table of consultations."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

consultation = Table(
    "consultation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("closed", Moment),
)
