"""The table of senders that are out of order."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

circuit = Table(
    "circuit",
    metadata,
    # The name of the sender that is out of order; one that works has no row.
    Column("channel", Text, primary_key=True),
    # The platform's code of what is wrong.
    Column("code", Text, nullable=False),
    # When it was first refused.
    Column("since", Moment, nullable=False),
    # Until when nothing is sent; then one message tries.
    Column("until", Moment, nullable=False),
    # The delivery that tried, was taken, and waits for its report; null: there is none.
    Column("probe", Text),
)
