"""The tables of what platforms have told us."""

from sqlalchemy import Column, Date, Table, Text

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seen", Date, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("index", Text, index=True),
    Column("body", Sealed(1024), nullable=False),
    Column("fault", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
