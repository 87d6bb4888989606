"""The table of codes by which a second chat can be linked with a first."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

link = Table(
    "link",
    metadata,
    # A keyed hash of the code that was given out.
    Column("index", Text, primary_key=True),
    # Whose other chat is to be linked.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # In which chat the code was given out.
    Column("address_id", Text, ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    # Until when it can be used.
    Column("until", Moment, nullable=False),
)
