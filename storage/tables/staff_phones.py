"""The tables of the chats to which members of staff have what they write sent as a test."""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

staff_phone = Table(
    "staff_phone",
    metadata,
    # A random name. The row goes with the address: FORGET in the chat ends it.
    Column("id", Text, primary_key=True),
    # Whose tests come there.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    # The chat.
    Column("address_id", Text, ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    # When the number was sent from there.
    Column("since", Moment, nullable=False),
    UniqueConstraint("staff_id", "address_id"),
)

staff_phone_code = Table(
    "staff_phone_code",
    metadata,
    # A keyed hash of the number that the console showed.
    Column("id", Text, primary_key=True),
    # To whom it was shown. Each has one at most.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, unique=True),
    # Until when it can be used.
    Column("until", Moment, nullable=False),
)
