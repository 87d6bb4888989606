"""The tables of votes."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, false

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
)

ballot = Table(
    "ballot",
    metadata,
    # The round; a row for each person on its roll.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    # Who may vote.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    # The ballot as its rule packs it; null: they have not voted, or the round is closed.
    Column("matters", Sealed(1024)),
    # When it was cast, of two chats that are linked the later ballot counts; null: as of the ballot itself.
    Column("cast", Sealed(64)),
    # They have voted; it stays when the ballot is thrown away.
    Column("voted", Boolean, nullable=False, server_default=false()),
)
