"""The tables of people, of who sits on the council, and of the invitations to it."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage._ground.columns import Sealed
from storage.tables._metadata import metadata

person = Table(
    "person",
    metadata,
    # A random name; its first characters are the pseudonym that staff see.
    Column("id", Text, primary_key=True),
    # The process to which they wrote first.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The key that seals all that the person gave, wrapped by a key of the key file.
    Column("key", LargeBinary, nullable=False),
    # Which key of the key file wraps it.
    Column("key_epoch", Integer, nullable=False),
    # The code of the language in which the person is written to.
    Column("language", Text, nullable=False),
    # Where the person lives, as the process names its regions; "" where they have not said.
    Column("region", Text, nullable=False),
    # They agreed to take part.
    Column("consented", Boolean, nullable=False),
    # To which version they agreed, in which language, to which sender, on which day; null: they have not.
    Column("consent", Sealed(64)),
    # The day on which they first wrote.
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
    # Who sits on the council.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    # The day on which they took the seat.
    Column("since", Date, nullable=False),
    # A random name of the seat, by which the organizers call it; it tells nothing about who sits there.
    Column("seat", Text, nullable=False, unique=True),
)

invitation = Table(
    "invitation",
    metadata,
    # A keyed hash of the code that was handed out.
    Column("id", Text, primary_key=True),
    # To whose council it invites.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The day on which it was made.
    Column("made", Date, nullable=False),
    # The last day on which it can be used.
    Column("until", Date, nullable=False),
    # The day on which somebody took a seat by it; null: nobody has.
    Column("used", Date),
)
