"""The table of channels that are out of order."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

circuit = Table(
    "circuit",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("probe", Text),
)
