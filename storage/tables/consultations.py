"""The table of consultations."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, ForeignKey, FromClause, Table, Text, and_, or_

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
    # When it closes by itself; null: when somebody closes it.
    Column("closes", Moment),
    # When those are reminded who began to answer and have not finished; null: nobody is.
    Column("reminds", Moment),
    # When they were reminded; null: nobody was.
    Column("reminded", Moment),
    # When it was closed; null: it is open, or its day is over and nobody has noted that yet.
    Column("closed", Moment),
)


def is_still_open(consultations: FromClause, now: datetime) -> ColumnElement[bool]:
    """Whoever closes what is over may come late: nobody answers it all the same."""
    closes = consultations.c.closes
    return and_(consultations.c.closed.is_(None), or_(closes.is_(None), closes > now))
