"""The table of doors: the words by which people come into a process on a sender."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from storage.tables._metadata import metadata

door = Table(
    "door",
    metadata,
    # The sender to which the word is written.
    Column("sender", Text, ForeignKey("sender.name"), primary_key=True),
    # The word, in small letters.
    Column("word", Text, primary_key=True),
    # The process that it leads to.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The language in which who comes by it is first spoken to; null: the one that we would guess.
    Column("language", Text),
    # Where the word stands, "poster": it is told with the count, and kept with who comes by it; null: nobody said.
    Column("source", Text),
    # How many people came into the process by it; never who.
    Column("came", Integer, nullable=False, server_default="0"),
)
