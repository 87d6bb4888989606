"""The table of what platforms have said of what we sent."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    UniqueConstraint("delivery_id", "provider_id", "status", "code"),
)
