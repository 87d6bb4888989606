"""The table of what staff did."""

from sqlalchemy import Column, Index, Integer, Table, Text

from storage.tables._metadata import metadata

# It refers to nothing, so that it outlives whatever it is about; no person stands in it, and FORGET leaves it alone.
# The database refuses to change or delete a row, and to add one that does not follow the last.
journal = Table(
    "journal",
    metadata,
    # 1 and so on, without a gap, in the order in which it was done.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # When, in UTC and with microseconds, in the very letters that were hashed.
    Column("at", Text, nullable=False),
    # The id of who did it; "": somebody at the terminal.
    Column("staff_id", Text, nullable=False),
    # The process that it was done in; null: it is about the deployment.
    Column("process_id", Text),
    # What was done: "bulletin.publish".
    Column("act", Text, nullable=False),
    # The id of what it was done to; "": what was done says it.
    Column("object", Text, nullable=False),
    # Words and numbers beside it, as JSON: a role, a language, how many; never what anybody wrote.
    Column("facts", Text, nullable=False),
    # The hash of the entry before it.
    Column("previous", Text, nullable=False),
    # SHA-256 of that hash and of all that stands above.
    Column("hash", Text, nullable=False),
    Index("ix_journal_process_id_number", "process_id", "number"),
)
