"""The table of what is on its way out: items, responses, results."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from storage._ground.columns import Moment
from storage.states import SendingKind
from storage.tables._metadata import metadata

sending = Table(
    "sending",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that sends it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # A `SendingKind`.
    Column("kind", Text, nullable=False, server_default=SendingKind.ITEM.value),
    # What staff call it; null: as the item is called.
    Column("title", Text),
    # The item that is to leave; null: something else is.
    Column("item_id", Text, ForeignKey("item.id"), index=True),
    # What leaves, as JSON of its kind, with its text in each language that leaves.
    Column("content", Text, nullable=False),
    # The SHA-256, in hexadecimal, of all that decides who is told what: approving is approving this.
    Column("hash", Text, nullable=False),
    # Who of the staff wants it to leave.
    Column("requested_by", Text, nullable=False),
    # When they said so.
    Column("requested", Moment, nullable=False),
    # Who of the staff approved it; null: nobody has.
    Column("approved_by", Text),
    # When it was approved; null: it is not.
    Column("approved", Moment),
    # When the hold ends in which it can be called back; null: it is not approved.
    Column("leaves", Moment),
    # Why one person alone had to do, in an emergency; null: there was none.
    Column("reason", Text),
    # A `SendingState`.
    Column("state", Text, nullable=False),
    # The broadcast that it has become; null: it has not left, or repeats.
    Column("broadcast_id", Text),
    # The schedule that it has become; null: it has not left, or does not repeat.
    Column("schedule_id", Text),
    # The round in which a council votes, or voted, on it; null: none has.
    Column("round_id", Text),
    Index("ix_sending_process_id_requested", "process_id", "requested"),
    Index("ix_sending_state_leaves", "state", "leaves"),
)
