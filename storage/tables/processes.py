"""The table of processes."""

from sqlalchemy import Column, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

process = Table(
    "process",
    metadata,
    Column("id", Text, primary_key=True),
    Column("edition", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("opened", Moment, nullable=False),
)
