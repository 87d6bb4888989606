"""The table of people."""

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Table, Text, false

from storage._ground.columns import Sealed
from storage.tables._metadata import metadata

person = Table(
    "person",
    metadata,
    # A random name; its first characters are the pseudonym that staff see.
    Column("id", Text, primary_key=True),
    # The key that seals all that the person gave, wrapped by a key of the key file.
    Column("key", LargeBinary, nullable=False),
    # Which key of the key file wraps it.
    Column("key_epoch", Integer, nullable=False),
    # The code of the language in which the person is written to.
    Column("language", Text, nullable=False),
    # What they had agreed to before there were participations; null: it has been sealed anew for one, or there is none.
    Column("consent", Sealed(64)),
    # The day on which they first wrote.
    Column("met", Date, nullable=False),
    # They have several chats with us, which are linked.
    Column("linked", Boolean, nullable=False, server_default=false()),
    # At which of their addresses they want what nobody asked for; null, or where they cannot be written to there: the
    # one that they wrote from last.
    Column("prefers", Text),
)
