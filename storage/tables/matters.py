"""The tables of matters: what contributions that say the same are gathered into, and who follows it."""

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
    and_,
    false,
    or_,
)

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

matter = Table(
    "matter",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that it was raised in.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What it is about, in the organizers' words, as JSON by language.
    Column("title", Text, nullable=False),
    # The objective of the Compact that it belongs to, or a group of them; "" for none.
    Column("topic", Text, nullable=False),
    # Who of the staff sees to it that it is answered; null: nobody yet.
    Column("owner", Text),
    # The day until which its people were promised a response; null: no day was promised.
    Column("due", Date),
    # What the organizers add where its people are told that there is no response yet, as JSON by language.
    Column("note", Text, nullable=False),
    # The newest response to it; null: there is none yet.
    Column("response_id", Text, ForeignKey("response.id")),
    # The day on which its people were told last that there is no response yet; null: they were not.
    Column("told_late", Date),
    # When it was put where everybody can read it; null: it is not there.
    Column("public", Moment),
    # When it was opened.
    Column("opened", Moment, nullable=False),
    # When its title, topic, owner, day or note was changed last.
    Column("changed", Moment, nullable=False),
    # A round has decided on it since its newest response: another one is owed.
    Column("owed", Boolean, nullable=False, server_default=false()),
    # When it was given up, with nothing gathered in it; null: it was not.
    Column("dropped", Moment),
)

gathered = Table(
    "gathered",
    metadata,
    # The matter that the contribution was gathered into.
    Column("matter_id", Text, ForeignKey("matter.id"), primary_key=True),
    # A contribution that says this; it may say other things, too.
    Column(
        "contribution_id",
        Text,
        ForeignKey("contribution.id", ondelete="CASCADE", onupdate="CASCADE"),
        primary_key=True,
        index=True,
    ),
    # Who of the staff gathered it; null: its person said that it belongs there.
    Column("staff_id", Text),
    # When it was gathered.
    Column("since", Moment, nullable=False),
)

follow = Table(
    "follow",
    metadata,
    # The matter that somebody follows.
    Column("matter_id", Text, ForeignKey("matter.id"), primary_key=True),
    # Who follows it.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # At which of their addresses they said so: news of it goes there.
    Column("address_id", Text, nullable=False),
    # They also say that it should be so: they are counted as supporters.
    Column("supports", Boolean, nullable=False, server_default=false()),
    # The day since which they follow it.
    Column("since", Date, nullable=False),
)


def waits_for_its_response(matters: FromClause) -> ColumnElement[bool]:
    return and_(is_unanswered(matters), matters.c.dropped.is_(None))


def is_unanswered(matters: FromClause) -> ColumnElement[bool]:
    """Nobody has responded to it, or a round has decided on it since."""
    return or_(matters.c.response_id.is_(None), matters.c.owed)


def is_public(matters: FromClause) -> ColumnElement[bool]:
    return and_(matters.c.public.is_not(None), matters.c.dropped.is_(None))


Index(
    "ix_matter_public",
    matter.c.process_id,
    matter.c.topic,
    postgresql_where=is_public(matter),
    sqlite_where=is_public(matter),
)
Index(
    "ix_matter_waiting",
    matter.c.process_id,
    matter.c.due,
    postgresql_where=waits_for_its_response(matter),
    sqlite_where=waits_for_its_response(matter),
)
Index("ix_matter_process_id_opened", matter.c.process_id, matter.c.opened)
