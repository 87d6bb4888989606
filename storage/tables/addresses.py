"""The table of addresses."""

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, FromClause, Index, Integer, Table, Text, and_, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

address = Table(
    "address",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # Who is reached there.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # The process that its person is in with this chat; null: none yet.
    Column("process_id", Text, ForeignKey("process.id")),
    # The name of the sender of ours that reaches it, and that it wrote to: "telegram".
    Column("channel", Text, nullable=False),
    # A keyed hash of the platform's id, to find it by; null: it is there only for the last message after FORGET.
    Column("index", Text, unique=True),
    # The platform's own id of the person, to send to.
    Column("external", Sealed(64), nullable=False),
    # Whether its person can be written to there: a value of `channels.verdicts.Reach`.
    Column("reach", Text, nullable=False),
    # How many messages from there were taken; the last one's number orders the replies to it.
    Column("turns", Integer, nullable=False),
    # The conversation under way, as `handlers.talk` packs it; null: there is none.
    Column("talk", Sealed(1024)),
    # When its person last wrote from there, as far as we know that it was them.
    Column("spoke", Moment, nullable=False),
    # Its person agreed there to be written to.
    Column("consented", Boolean, nullable=False, server_default=false()),
    # When its reach ends by itself; null: it does not.
    Column("until", Moment),
    # How many reports that the address does not work came in a row, each soon enough after the one before.
    Column("strikes", Integer, nullable=False, server_default="0"),
    # When the last of these reports came; null: there is none.
    Column("struck", Moment),
    # When the platform last refused a text because the person had been silent; null: not since they wrote.
    Column("shut", Moment),
    # Since when the last reply counts as having waited (`delivery.since`); null: there was none.
    Column("replied", Moment),
    # It came to its person by a code that another chat of theirs had given out.
    Column("linked", Boolean, nullable=False, server_default=false()),
)


def is_in_lobby(addresses: FromClause) -> ColumnElement[bool]:
    """Its person has entered no process with this chat; whom a last sentence goes to after FORGET is nobody's."""
    return and_(addresses.c.process_id.is_(None), addresses.c.index.is_not(None))


Index(
    "ix_address_in_lobby",
    address.c.spoke,
    postgresql_where=is_in_lobby(address),
    sqlite_where=is_in_lobby(address),
)
Index(
    "ix_address_until",
    address.c.until,
    postgresql_where=address.c.until.is_not(None),
    sqlite_where=address.c.until.is_not(None),
)
