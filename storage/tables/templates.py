"""The table of texts that a platform has approved, or not yet."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

template = Table(
    "template",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("checked", Moment, nullable=False),
)
