"""The tables of broadcasts and of how far they are."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage._ground.columns import Moment
from storage.states import BroadcastState
from storage.tables._metadata import metadata

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("renditions", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("made", Moment, nullable=False),
    Column("not_before", Moment),
    Column("not_after", Moment),
    Column("hours", Text, nullable=False, server_default=""),
    Column("outside", Text, nullable=False, server_default="template,wait"),
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    Column("again", Boolean, nullable=False, server_default=false()),
    Column("state", Text, nullable=False, server_default=BroadcastState.RUNNING.value),
    Column("walked", Text, nullable=False, server_default=""),
    Column("reached", Text, nullable=False),
    Column("expanded", Boolean, nullable=False),
    Index("ix_broadcast_state", "state"),
)

standing = Table(
    "standing",
    metadata,
    Column("broadcast_id", Text, ForeignKey("broadcast.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How many deliveries of a broadcast are in which state: kept by the database itself, see `storage.migrations`.

A slot is one connection of PostgreSQL's, so that nobody waits for somebody else's count.
"""
