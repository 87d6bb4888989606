"""The table of texts that a platform has approved, or not yet."""

from sqlalchemy import Column, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

template = Table(
    "template",
    metadata,
    # The name of the sender whose platform has it.
    Column("channel", Text, primary_key=True),
    # What it is for: the kind of a broadcast's subject.
    Column("name", Text, primary_key=True),
    # The code of its language.
    Column("language", Text, primary_key=True),
    # The platform's id of it, to send it by.
    Column("provider_id", Text, nullable=False),
    # The platform's word for whether it may be used, or our "refused".
    Column("status", Text, nullable=False),
    # Why it may not be used, in the platform's words; "" where it says nothing.
    Column("reason", Text, nullable=False),
    # The sentence around what is told; "" where the platform has not said it.
    Column("body", Text, nullable=False, server_default=""),
    # When the platform was last asked.
    Column("checked", Moment, nullable=False),
)
