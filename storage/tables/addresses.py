"""The table of addresses."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

address = Table(
    "address",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("index", Text, unique=True),
    Column("external", Sealed(64), nullable=False),
    Column("reach", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("talk", Sealed(1024)),
    Column("spoke", Moment, nullable=False),
    Column("consented", Boolean, nullable=False, server_default=false()),
    Column("until", Moment),
    Column("strikes", Integer, nullable=False, server_default="0"),
    Column("struck", Moment),
    Column("shut", Moment),
    Column("replied", Moment),
)

Index(
    "ix_address_until",
    address.c.until,
    postgresql_where=address.c.until.is_not(None),
    sqlite_where=address.c.until.is_not(None),
)
