"""The tables of consultations before they open: as they are written, and on their way to be opened."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

draft = Table(
    "draft",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that is to ask it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # What stands in the form, as JSON, finished or not.
    Column("content", Text, nullable=False),
    # 1 for the first, one more with each change of it.
    Column("edition", Integer, nullable=False),
    # Who of the staff changed it last.
    Column("staff_id", Text, nullable=False),
    # When it was begun.
    Column("made", Moment, nullable=False),
    # When it was changed last.
    Column("changed", Moment, nullable=False),
    # When it was given up; null: it was not.
    Column("dropped", Moment),
)

opening = Table(
    "opening",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that asks it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What is to be opened.
    Column("draft_id", Text, ForeignKey("draft.id"), nullable=False, index=True),
    # What is asked and when, as JSON: the consultation with its dates.
    Column("content", Text, nullable=False),
    # The SHA-256, in hexadecimal, of all that decides who is asked what: approving is approving this.
    Column("hash", Text, nullable=False),
    # Who of the staff wants it to open.
    Column("requested_by", Text, nullable=False),
    # When they said so.
    Column("requested", Moment, nullable=False),
    # Who of the staff approved it; null: nobody has.
    Column("approved_by", Text),
    # When it was approved; null: it is not.
    Column("approved", Moment),
    # When it opens: on its day, and not before the hold ends in which it can be called back; null: it is not approved.
    Column("leaves", Moment),
    # A `SendingState`.
    Column("state", Text, nullable=False),
    # The consultation that it has become; null: it has not opened.
    Column("consultation_id", Text),
    # The round in which a council votes, or voted, on its questions; null: none has.
    Column("round_id", Text),
    Index("ix_opening_process_id_requested", "process_id", "requested"),
    Index("ix_opening_state_leaves", "state", "leaves"),
)
