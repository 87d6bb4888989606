"""The tables of people, of who sits on the council, and of the invitations to it."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage._ground.columns import Sealed
from storage.tables._metadata import metadata

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("key_epoch", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("consented", Boolean, nullable=False),
    Column("consent", Sealed(64)),
    Column("met", Date, nullable=False),
)

Index(
    "ix_person_not_agreed",
    person.c.met,
    postgresql_where=~person.c.consented,
    sqlite_where=~person.c.consented,
)

member = Table(
    "member",
    metadata,
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Date, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("made", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("used", Date),
)
