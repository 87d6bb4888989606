"""The tables of votes."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

round = Table(  # noqa: A001 the word of the field, never used bare
    "round",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("closes", Moment, nullable=False),
    Column("closed", Moment),
    Column("result", Text),
    Column("voters", Integer),
    Column("voted", Integer),
)

ballot = Table(
    "ballot",
    metadata,
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("matters", Sealed(1024)),
    Column("voted", Boolean, nullable=False, server_default=false()),
)
