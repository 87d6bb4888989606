"""The tables of statements: what many agree or disagree with, who proposed it, and what each person says of it."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
)

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

sounding = Table(
    "sounding",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process whose people it is open to.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What the organizers wrote of it, as JSON: its title and its promise.
    Column("content", Text, nullable=False),
    # When it was opened.
    Column("opened", Moment, nullable=False),
    # When it closes by itself; null: when somebody closes it.
    Column("closes", Moment),
    # When somebody closed it, or its process; null: nobody did.
    Column("closed", Moment),
    # How many people had said something when it was counted last.
    Column("people", Integer, nullable=False, server_default="0"),
    # Groups of people as they were found when it was counted last, as JSON, nobody alone in it; "" for none.
    Column("picture", Text, nullable=False, server_default=""),
    # When it was counted last; null: it was not.
    Column("counted", Moment),
    # How much had been said then, so that nothing is counted twice for nothing; "" it was not counted.
    Column("stamp", Text, nullable=False, server_default=""),
    # The worker that counts it now; null: none does.
    Column("maker", Text),
    # Until when it is that worker's alone; null: it is nobody's.
    Column("until", Moment),
    # How often a worker has begun to count it since it was last counted.
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("ix_sounding_process_id_opened", "process_id", "opened"),
)

statement = Table(
    "statement",
    metadata,
    # A random name; that of the proposal, where somebody proposed it.
    Column("id", Text, primary_key=True),
    # The process that it is in.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # Where people say what they think of it.
    Column("sounding_id", Text, ForeignKey("sounding.id"), nullable=False),
    # Its place among those of its sounding, from 1 on: what people hold names it so.
    Column("number", Integer, nullable=False),
    # The code of the language that it was written in.
    Column("language", Text, nullable=False),
    # What everybody reads, as JSON by language; "{}" where its person was forgotten.
    Column("texts", Text, nullable=False),
    # Nobody is shown it any more.
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    # A statement that says the same: what is said of this one is counted there; null: it stands for itself.
    Column("same_as", Text, ForeignKey("statement.id")),
    # How many agreed when it was counted last...
    Column("agrees", Integer, nullable=False, server_default="0"),
    # ...disagreed...
    Column("disagrees", Integer, nullable=False, server_default="0"),
    # ...and passed.
    Column("passes", Integer, nullable=False, server_default="0"),
    # How far it sets people apart, in thousandths, by the last picture of the groups; 0: there was none.
    Column("extremity", Integer, nullable=False, server_default="0"),
    # When it was put where people see it.
    Column("added", Moment, nullable=False),
    UniqueConstraint("sounding_id", "number"),
)

proposal = Table(
    "proposal",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that it was made in.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What it was proposed for.
    Column("sounding_id", Text, ForeignKey("sounding.id"), nullable=False),
    # Who proposed it.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # In which chat: what became of it is told there; null: that chat is somebody else's now.
    Column("address_id", Text),
    # The code of the language that they write in.
    Column("language", Text, nullable=False),
    # Their words; the person's key seals them.
    Column("words", Sealed(256), nullable=False),
    # The day on which they proposed it.
    Column("proposed", Date, nullable=False),
    # A `ProposalState`.
    Column("state", Text, nullable=False),
    # The statement that it has become, or that says the same; null: it has become none.
    Column("statement_id", Text, ForeignKey("statement.id")),
    # Why it was refused, in the organizers' words, as JSON by language; "{}" where it was not.
    Column("reason", Text, nullable=False),
    # Who of the staff decided; null: nobody yet.
    Column("decided_by", Text),
    # When they did; null: they have not.
    Column("decided", Moment),
    Index("ix_proposal_process_id_state", "process_id", "state"),
)

opinion = Table(
    "opinion",
    metadata,
    # The process that it is of.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What it is about.
    Column("sounding_id", Text, ForeignKey("sounding.id"), primary_key=True),
    # Who holds it.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # All that they say of the statements of this sounding, as JSON; the person's key seals it. Its length is rounded.
    Column("held", Sealed(1024), nullable=False),
    # How often it was changed.
    Column("edition", Integer, nullable=False),
)


def is_asked_now(soundings: FromClause, now: datetime) -> ColumnElement[bool]:
    """People can say what they think: nobody has closed it, and its day has not come."""
    closes = soundings.c.closes
    return and_(soundings.c.closed.is_(None), or_(closes.is_(None), closes > now))
