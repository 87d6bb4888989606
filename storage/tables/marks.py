"""The table of moments that a deployment remembers."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

mark = Table(
    "mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
