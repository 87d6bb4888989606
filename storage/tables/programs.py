"""The table of running programs."""

from sqlalchemy import Column, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

program = Table(
    "program",
    metadata,
    # The name of a running program: its machine and process.
    Column("id", Text, primary_key=True),
    # A keyed hash of where its key file lies: the same for programs that read the same file.
    Column("place", Text, nullable=False),
    # The newest key of the key file that it knows.
    Column("epoch", Integer, nullable=False),
    # When it last said that it runs.
    Column("seen", Moment, nullable=False),
)
