"""The table of what people gave us."""

from datetime import date

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

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import STAYS, metadata

WHAT_WAS_GIVEN = (
    "id", "process_id", "consultation_id", "question", "option", "topic", "language", "given", "answer_by",
    "response_id", "quotable",
)  # fmt: skip
"""Without words: it is counted."""

NEVER = date.max
"""Stands for a day that was not promised: after all that were, in every order."""

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
    # The day by which a response was promised; the last day that there is: none was.
    Column("answer_by", Date, nullable=False, server_default=NEVER.isoformat()),
    # The newest response that answers it; null: there is none yet.
    Column("response_id", Text, ForeignKey("response.id"), index=True),
    # From here on: what staff have made of these very words. Words that take their place have nothing of it.
    # When a member of staff had read it; null: nobody has.
    Column("read", Moment),
    # Who that was; null: nobody.
    Column("read_by", Text),
    # Since when it is to be translated for the others; null: it is not.
    Column("to_translate", Moment),
    # What staff wrote of it in other languages: by language the words, who wrote them, when; null: nothing.
    Column("translations", Sealed(512)),
    # The words without what is personal in them, which all but an appeal get to see; null: there is nothing to mask.
    Column("masked", Sealed(512)),
    # Since when it is hidden, because it is abusive; null: it is not.
    Column("hidden", Moment),
    # Who hid it; null: nobody.
    Column("hidden_by", Text),
    # In which of our languages the words seem to be written; "other": surely in none; "": nobody can tell; null: nobody
    # has looked.
    Column("written_in", Text),
    UniqueConstraint("consultation_id", "question", "person_id"),
)

MARKS = ("read", "read_by", "to_translate", "translations", "masked", "hidden", "hidden_by", "written_in")
"""What staff have made of a contribution: it goes with its words."""


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
    """What is left of the words of somebody who was forgotten is nothing that anybody could answer, nor is abuse."""
    is_there = or_(contributions.c.person_id.is_not(None), contributions.c.option.is_not(None))
    return and_(contributions.c.response_id.is_(None), contributions.c.hidden.is_(None), is_there)


def is_in_words(contributions: FromClause) -> ColumnElement[bool]:
    """Written or spoken, and there still. What was chosen is counted, and read by nobody."""
    spoken = (contributions.c.voice.is_not(None), contributions.c.recording_id.is_not(None))
    return or_(contributions.c.words.is_not(None), *spoken)


def is_shown(contributions: FromClause) -> ColumnElement[bool]:
    """To whoever may read its language."""
    return and_(is_in_words(contributions), contributions.c.hidden.is_(None))


def is_unread(contributions: FromClause) -> ColumnElement[bool]:
    """Whoever wrote a response has read what it answers."""
    untouched = and_(contributions.c.read.is_(None), contributions.c.hidden.is_(None))
    return and_(is_in_words(contributions), untouched, contributions.c.response_id.is_(None))


def is_hidden(contributions: FromClause) -> ColumnElement[bool]:
    return and_(is_in_words(contributions), contributions.c.hidden.is_not(None))


def is_to_be_translated(contributions: FromClause) -> ColumnElement[bool]:
    return and_(is_in_words(contributions), contributions.c.to_translate.is_not(None), contributions.c.hidden.is_(None))


def is_unrecognised(contributions: FromClause) -> ColumnElement[bool]:
    """Nobody has looked yet in which language it is written."""
    return and_(contributions.c.words.is_not(None), contributions.c.written_in.is_(None))


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
Index(
    "ix_contribution_unread",
    contribution.c.process_id,
    contribution.c.answer_by,
    contribution.c.given,
    contribution.c.id,
    contribution.c.language,
    postgresql_where=is_unread(contribution),
    sqlite_where=is_unread(contribution),
)
Index(
    "ix_contribution_promised",
    contribution.c.process_id,
    contribution.c.answer_by,
    contribution.c.given,
    contribution.c.id,
    # Nothing is read where none of these is wanted.
    contribution.c.language,
    contribution.c.topic,
    contribution.c.written_in,
    contribution.c.response_id,
    postgresql_where=is_shown(contribution),
    sqlite_where=is_shown(contribution),
)
Index(
    "ix_contribution_newest",
    contribution.c.process_id,
    contribution.c.given,
    contribution.c.id,
    postgresql_where=is_shown(contribution),
    sqlite_where=is_shown(contribution),
)
Index(
    "ix_contribution_hidden",
    contribution.c.process_id,
    postgresql_where=is_hidden(contribution),
    sqlite_where=is_hidden(contribution),
)
Index(
    "ix_contribution_to_translate",
    contribution.c.process_id,
    postgresql_where=is_to_be_translated(contribution),
    sqlite_where=is_to_be_translated(contribution),
)
Index(
    "ix_contribution_unrecognised",
    contribution.c.id,
    postgresql_where=is_unrecognised(contribution),
    sqlite_where=is_unrecognised(contribution),
)
