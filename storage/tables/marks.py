"""The table of moments that a deployment remembers."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

mark = Table(
    "mark",
    metadata,
    # What is remembered: a name of `storage.marks`.
    Column("name", Text, primary_key=True),
    # When it last happened, or until when it holds.
    Column("at", Moment, nullable=False),
)
