"""The table of what platforms have said of what we sent."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

report = Table(
    "report",
    metadata,
    # A number that rises.
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The delivery that it is about.
    Column("delivery_id", Text, nullable=False),
    # The platform's id of the attempt that it is about.
    Column("provider_id", Text, nullable=False),
    # The platform's word for what became of it.
    Column("status", Text, nullable=False),
    # The platform's code of an error; "" where there is none.
    Column("code", Text, nullable=False),
    # When it came.
    Column("at", Moment, nullable=False, index=True),
    UniqueConstraint("delivery_id", "provider_id", "status", "code"),
)
