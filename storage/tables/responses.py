"""The table of the responses to what people gave us."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

response = Table(
    "response",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that responds.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What was done with the contributions that it answers: a `ResponseState`.
    Column("state", Text, nullable=False),
    # Why, in the organizers' words, as JSON by language.
    Column("reason", Text, nullable=False),
    # When its people were told.
    Column("published", Moment, nullable=False),
)
