"""The tables of what people on a roll ask and say of what they vote on."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

remark = Table(
    "remark",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The round that it is about...
    Column("round_id", Text, ForeignKey("round.id"), nullable=False, index=True),
    # ...and which option; "": the whole of it.
    Column("option", Text, nullable=False),
    # A `RemarkKind`.
    Column("kind", Text, nullable=False),
    # Whose it is; null: the round is closed, and nobody can say any more whose it was.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), index=True),
    # The language in which it was written.
    Column("language", Text, nullable=False),
    # Their words, sealed for the person; for nobody once there is none.
    Column("words", Sealed(512), nullable=False),
    # Their words may be read by the others as they are.
    Column("quotable", Boolean, nullable=False, server_default=false()),
    # The day on which it came; null: the round is closed.
    Column("day", Date),
)
"""It is erased as soon as it is shown or put aside."""

shown_remark = Table(
    "shown_remark",
    metadata,
    # A random name, another one than the remark had.
    Column("id", Text, primary_key=True),
    # The round that it is about...
    Column("round_id", Text, ForeignKey("round.id"), nullable=False),
    # ...and which option; "": the whole of it.
    Column("option", Text, nullable=False),
    # A `RemarkKind`.
    Column("kind", Text, nullable=False),
    # What everybody on the roll reads of it, as JSON by language.
    Column("words", Text, nullable=False),
    # What the organizers answer, as JSON by language; "{}": it is no question.
    Column("answer", Text, nullable=False, server_default="{}"),
    # When it was shown.
    Column("shown", Moment, nullable=False),
    Index("ix_shown_remark_round_id_shown", "round_id", "shown"),
)
"""Nothing leads from it to a person."""
