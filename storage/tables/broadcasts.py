"""The tables of broadcasts and of how far they are."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage._ground.columns import Moment
from storage.states import BroadcastState
from storage.tables._metadata import metadata

broadcast = Table(
    "broadcast",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that tells it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What is told: a `Subject`, its kind and its id with a colon between.
    Column("subject", Text, nullable=False),
    # The text in each language, as `flows.Told` is packed.
    Column("renditions", Text, nullable=False),
    # To whom: an `Audience` as JSON.
    Column("audience", Text, nullable=False),
    # The `Lane` of its deliveries.
    Column("lane", Integer, nullable=False),
    # When it was ordered.
    Column("made", Moment, nullable=False),
    # From when on its deliveries are made; null: at once.
    Column("not_before", Moment),
    # Until when they may leave; null: always.
    Column("not_after", Moment),
    # At which hours of the day they may leave: `Hours` as JSON; "" at any.
    Column("hours", Text, nullable=False, server_default=""),
    # The `Way`s that are tried where a platform takes no free text after a silence, with commas between.
    Column("outside", Text, nullable=False, server_default="template,wait"),
    # A person who cannot be reached at one address may be written to at another that they agreed to.
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    # A delivery of unknown fate that no platform can be asked about may be sent a second time, once.
    Column("again", Boolean, nullable=False, server_default=false()),
    # A `BroadcastState`.
    Column("state", Text, nullable=False, server_default=BroadcastState.RUNNING.value),
    # While it is being paused, resumed or cancelled: the last person, by id, whose delivery is; "" nobody.
    Column("walked", Text, nullable=False, server_default=""),
    # The last person, in the order of ids, for whom a delivery was made; "" nobody.
    Column("reached", Text, nullable=False),
    # A delivery was made for everybody in its audience.
    Column("expanded", Boolean, nullable=False),
    Index("ix_broadcast_state", "state"),
)

standing = Table(
    "standing",
    metadata,
    # The broadcast that is counted.
    Column("broadcast_id", Text, ForeignKey("broadcast.id"), primary_key=True),
    # The name of the sender that these deliveries leave by.
    Column("channel", Text, primary_key=True),
    # The language of their people when they were made; "" nobody wrote that down yet.
    Column("language", Text, primary_key=True),
    # The `State` that they are in.
    Column("state", Text, primary_key=True),
    # Their code; "" where they have none.
    Column("code", Text, primary_key=True),
    # The connection to PostgreSQL that counts here, by its process; 0 on SQLite. The slots are added up.
    Column("slot", Integer, primary_key=True),
    # How many came into this state on this connection, less those that left it: it may be below zero.
    Column("number", Integer, nullable=False),
)
"""How many deliveries of a broadcast are in which state: kept by the database itself, see `storage.migrations`.

A slot is one connection of PostgreSQL's, so that nobody waits for somebody else's count.
"""
