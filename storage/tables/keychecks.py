"""The table of what tells this deployment's keys from any others."""

from sqlalchemy import Column, Integer, Table, Text

from storage.tables._metadata import metadata

keycheck = Table(
    "keycheck",
    metadata,
    # The number of a wrapping key that this database was used with.
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    # What only that key gives, together with the index key beside it.
    Column("proof", Text, nullable=False),
)
