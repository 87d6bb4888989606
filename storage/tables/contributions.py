"""The table of what people gave us."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    FromClause,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
)

from storage._ground.columns import Sealed
from storage.tables._metadata import STAYS, metadata

WHAT_WAS_GIVEN = (
    "id", "process_id", "consultation_id", "question", "option", "topic", "language", "given", "response_id",
    "quotable",
)  # fmt: skip
"""Without words: it is counted."""

contribution = Table(
    "contribution",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process in which it was given.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # Who gave it; null: they were forgotten.
    Column("person_id", Text, ForeignKey("person.id", ondelete="SET NULL"), index=True, info={STAYS: WHAT_WAS_GIVEN}),
    # The consultation that it answers; null: it was given unasked.
    Column("consultation_id", Text, ForeignKey("consultation.id")),
    # Which question of the consultation it answers; null: it was given unasked.
    Column("question", Text),
    # The choice that answers the question, or several in the question's order with commas between; null: it is
    # answered in words.
    Column("option", Text),
    # What it is about, an objective of the Compact or a group of them; "" where the person named nothing.
    Column("topic", Text, nullable=False),
    # The code of the language in which it was given.
    Column("language", Text, nullable=False),
    # What was written; null: it was chosen or spoken, or its person was forgotten.
    Column("words", Sealed(512)),
    # Where the platform keeps a voice note that came before there were recordings, which say it since; null: of any
    # other, where it was not spoken, or its person was forgotten.
    Column("voice", Sealed(256)),
    # Its voice note; null: it was not spoken, it came before they were fetched, or its person was forgotten.
    Column("recording_id", Text),
    # The day on which it came.
    Column("given", Date, nullable=False),
    # At which address it was given, where the response goes back to; null: before that was kept, or its person was
    # forgotten.
    Column("address_id", Text),
    # Its person agreed that others read it, without a name.
    Column("quotable", Boolean, nullable=False, server_default=false()),
    # The newest response that answers it; null: there is none yet.
    Column("response_id", Text, ForeignKey("response.id"), index=True),
    UniqueConstraint("consultation_id", "question", "person_id"),
)


Index("ix_contribution_answers", contribution.c.consultation_id, contribution.c.question, contribution.c.option)
Index(
    "ix_contribution_in_words",
    contribution.c.consultation_id,
    contribution.c.question,
    contribution.c.language,
    contribution.c.given,
    contribution.c.id,
    postgresql_where=contribution.c.option.is_(None),
    sqlite_where=contribution.c.option.is_(None),
)


def waits_for_a_response(contributions: FromClause) -> ColumnElement[bool]:
    """What is left of the words of somebody who was forgotten is nothing that anybody could answer."""
    is_there = or_(contributions.c.person_id.is_not(None), contributions.c.option.is_not(None))
    return and_(contributions.c.response_id.is_(None), is_there)


Index(
    "ix_contribution_waiting",
    contribution.c.process_id,
    contribution.c.consultation_id,
    postgresql_where=waits_for_a_response(contribution),
    sqlite_where=waits_for_a_response(contribution),
)
Index(
    "ix_contribution_recording_id",
    contribution.c.recording_id,
    postgresql_where=contribution.c.recording_id.is_not(None),
    sqlite_where=contribution.c.recording_id.is_not(None),
)
