"""The tables of texts that are written together: their parts, what people propose, and what was decided."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

text = Table(
    "text",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process in which it is written.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # The code of the language in which its own parts are written first.
    Column("language", Text, nullable=False),
    # What it is called, as JSON by language.
    Column("title", Text, nullable=False),
    # What it is to become, as JSON by language.
    Column("becomes", Text, nullable=False),
    # Who decides on what is proposed, as JSON by language.
    Column("decides", Text, nullable=False),
    # The last day on which people can propose something; null: no day was named.
    Column("until", Date),
    # The text of the process above whose parts it shares; null: all of it is its own.
    Column("origin_id", Text, ForeignKey("text.id"), index=True),
    # A `TextState`.
    Column("state", Text, nullable=False),
    # When it was begun.
    Column("begun", Moment, nullable=False),
    # When it was published first; null: it was not.
    Column("published", Moment),
    # When it was closed last; null: it was not.
    Column("closed", Moment),
)

text_part = Table(
    "text_part",
    metadata,
    # The item that has its words: their editions and translations. The first line of them is its heading.
    Column("item_id", Text, ForeignKey("item.id"), primary_key=True),
    # The text that it is a part of.
    Column("text_id", Text, ForeignKey("text.id"), nullable=False),
    # Its place in the text: where parts are shared, beside the part with the same number.
    Column("number", Integer, nullable=False),
    # The part of the text above that it takes the place of; null: it takes the place of none.
    Column("replaces_id", Text, ForeignKey("item.id"), index=True),
    Index("ix_text_part_text_id_number", "text_id", "number"),
    # Nothing is replaced twice.
    UniqueConstraint("text_id", "replaces_id"),
)

amendment = Table(
    "amendment",
    metadata,
    # The contribution with its words.
    Column(
        "contribution_id",
        Text,
        ForeignKey("contribution.id", ondelete="CASCADE", onupdate="CASCADE"),
        primary_key=True,
    ),
    # The text that its person was reading.
    Column("text_id", Text, ForeignKey("text.id"), nullable=False, index=True),
    # The part that it is about.
    Column("part_id", Text, ForeignKey("item.id"), nullable=False, index=True),
    # The edition of the part that its person had read.
    Column("edition", Integer, nullable=False),
    # Its words are to take the place of the part's; else they only say something of it.
    Column("proposes", Boolean, nullable=False),
    # When it was put where others can read it; null: they cannot.
    Column("shown", Moment),
    # Who of the staff put it there; null: nobody.
    Column("shown_by", Text),
)
"""What people say of a part, or propose for it: it is kept and sealed as every contribution is."""

support = Table(
    "support",
    metadata,
    # The amendment that somebody wants, too.
    Column(
        "contribution_id",
        Text,
        ForeignKey("contribution.id", ondelete="CASCADE", onupdate="CASCADE"),
        primary_key=True,
    ),
    # Who wants it.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # At which of their addresses they said so: what is decided is told there.
    Column("address_id", Text, nullable=False),
    # The day on which they said so.
    Column("since", Date, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    # The response that says what was decided, by whom, and why.
    Column("response_id", Text, ForeignKey("response.id"), primary_key=True),
    # The part that it is about.
    Column("part_id", Text, ForeignKey("item.id"), nullable=False, index=True),
    # The amendment that it decides on; null: its person has taken it back since.
    Column(
        "contribution_id",
        Text,
        ForeignKey("contribution.id", ondelete="SET NULL", onupdate="CASCADE"),
        index=True,
    ),
    # The edition of the part that took it up; null: none did.
    Column("edition", Integer),
)
"""What was taken up stays in the text, as words of the text, whatever becomes of who proposed it."""
