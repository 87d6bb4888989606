"""The tables of what platforms have told us."""

from sqlalchemy import Column, Date, Table, Text

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

event = Table(
    "event",
    metadata,
    # A keyed hash of the platform's id of what it told us, so that a repeat is recognised.
    Column("id", Text, primary_key=True),
    # The day on which it was taken; it is forgotten when no platform repeats it any more.
    Column("seen", Date, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    # The name of the event that it came by.
    Column("id", Text, primary_key=True),
    # The name of the sender that it came to.
    Column("channel", Text, nullable=False),
    # The keyed hash of the address that it came from, so that FORGET finds it; null is not used.
    Column("index", Text, index=True),
    # The message as JSON, sealed by a key of the key file: it may be of nobody that we know.
    Column("body", Sealed(1024), nullable=False),
    # The name of the kind of exception that our code raised.
    Column("fault", Text, nullable=False),
    # When it came.
    Column("at", Moment, nullable=False),
)
