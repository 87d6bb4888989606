"""The table of running programs."""

from sqlalchemy import Column, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

program = Table(
    "program",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seen", Moment, nullable=False),
)
