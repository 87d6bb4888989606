"""The tables of votes."""

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, Index, Integer, Table, Text, exists, false

from storage._ground.columns import Moment, Sealed
from storage.states import Roll
from storage.tables._metadata import metadata

round = Table(  # noqa: A001 the word of the field, never used bare
    "round",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process whose council votes.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What the organizers wrote of it, as JSON: its title and what is voted on.
    Column("content", Text, nullable=False),
    # Who may vote: a `Roll`.
    Column("roll", Text, nullable=False, server_default=Roll.COUNCIL.value),
    # The `Power` that a council uses by it; null: it is opened by the organizers.
    Column("power", Text),
    # The voting rule: the name of a file of `council/rules`.
    Column("rule", Text, nullable=False),
    # When it was opened.
    Column("opened", Moment, nullable=False),
    # Until when a vote counts.
    Column("closes", Moment, nullable=False),
    # When those who had not voted by then were reminded; null: nobody was.
    Column("reminded", Moment),
    # When it was counted; null: it is open, or waits to be counted.
    Column("closed", Moment),
    # Why it was closed before its day, in the organizers' words, as JSON by language; null: it was not.
    Column("ended_why", Text),
    # What came of it, as JSON, empty where too few voted; null: it is not closed.
    Column("result", Text),
    # How many were on the roll when it closed; null: it is not closed.
    Column("voters", Integer),
    # How many of them had voted; null: it is not closed.
    Column("voted", Integer),
    # How many were put on the roll after it had opened, two of the staff agreeing to it.
    Column("added", Integer, nullable=False, server_default="0"),
    # The file by which anybody can count again, as it is published; null: not closed, or before there were any.
    Column("published", Text),
)


def has_closed(round_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the round that a column names is over, and counted."""
    return exists().where(round.c.id == round_id, round.c.closed.is_not(None))


round_key = Table(
    "round_key",
    metadata,
    # The round, while somebody has voted in it and it is open; its row goes when the round closes.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    # The key of its links and ballots, sealed by the deployment's.
    Column("key", Sealed(64), nullable=False),
)

roll = Table(
    "roll",
    metadata,
    # The round; a row for each person who may vote in it.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    # Who may vote.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    # They have voted; it stays when the round closes.
    Column("voted", Boolean, nullable=False, server_default=false()),
    # Which ballot is theirs, sealed by the round's key; null: they have not voted, or the round is closed.
    Column("link", Sealed(64)),
    # They said, after it had closed, that `voted` is wrong.
    Column("disputed", Boolean, nullable=False, server_default=false()),
    # A ballot of before they were apart, sealed by its person's key; null: it was taken over, or there was none.
    Column("matters", Sealed(1024)),
    # When that one was cast; null: as of that ballot itself.
    Column("cast", Sealed(64)),
)

ballot = Table(
    "ballot",
    metadata,
    # A random name. Nothing here says whose it is: a row of the roll does, in a box that only the round's key opens.
    Column("id", Text, primary_key=True),
    # The round.
    Column("round_id", Text, ForeignKey("round.id"), nullable=False),
    # The ballot, its code and when it was cast, sealed by the round's key. Its row goes when the round closes.
    Column("content", Sealed(1024), nullable=False),
)
Index("ix_ballot_round_id", ballot.c.round_id)

read_back = Table(
    "read_back",
    metadata,
    # A reply that tells its person what they chose, or its code; when the round closes nothing of it may stay.
    Column("delivery_id", Text, primary_key=True),
    # The round.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
)
Index("ix_read_back_round_id", read_back.c.round_id)
