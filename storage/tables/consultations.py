"""The table of consultations."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

consultation = Table(
    "consultation",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process in which it asks.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What the organizers wrote of it, as JSON: its title and its questions.
    Column("content", Text, nullable=False),
    # When it was opened.
    Column("opened", Moment, nullable=False),
    # When it was closed; null: it is open.
    Column("closed", Moment),
)
