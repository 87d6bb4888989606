"""The table of our senders: the bots and numbers that this deployment has, or had."""

from sqlalchemy import Column, ForeignKey, Table, Text

from storage.tables._metadata import metadata

sender = Table(
    "sender",
    metadata,
    # What it is called, in its settings and in every column `channel`: "telegram", "telegram-emea".
    Column("name", Text, primary_key=True),
    # The platform that it is on: a channel's kind.
    Column("kind", Text, nullable=False),
    # The process that it belongs to; null: it is shared by all.
    Column("process_id", Text, ForeignKey("process.id")),
)
