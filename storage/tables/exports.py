"""The tables of files that staff asked for: how far each is, and what is in it until it is fetched."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

export = Table(
    "export",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that it is of.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # An `ExportKind`.
    Column("kind", Text, nullable=False),
    # An `ExportFormat`.
    Column("format", Text, nullable=False),
    # The code of the language that the file is in.
    Column("language", Text, nullable=False),
    # Under the head of each table stands a row of tags.
    Column("tagged", Boolean, nullable=False, server_default=false()),
    # Who of the staff asked for it, and alone may fetch it.
    Column("requested_by", Text, nullable=False),
    # When they did.
    Column("requested", Moment, nullable=False),
    # An `ExportState`.
    Column("state", Text, nullable=False),
    # How much of it is made, in percent.
    Column("progress", Integer, nullable=False, server_default="0"),
    # About how many rows it has; null: it is not made yet, it has too few to be told, or it has no rows.
    Column("number", Integer),
    # How often a worker has begun it.
    Column("tries", Integer, nullable=False, server_default="0"),
    # The worker that makes it; null: none does.
    Column("maker", Text),
    # Until when it is that worker's alone; null: it is nobody's.
    Column("until", Moment),
    # When it was ready; null: it is not.
    Column("made", Moment),
    # When it was fetched; null: it was not.
    Column("fetched", Moment),
    Index("ix_export_process_id_requested", "process_id", "requested"),
    Index("ix_export_state_until", "state", "until"),
)

export_part = Table(
    "export_part",
    metadata,
    # The file that it is a part of. Its words are people's: who is forgotten has it made anew, without theirs.
    Column("export_id", Text, ForeignKey("export.id", ondelete="CASCADE"), primary_key=True),
    # Its place in the file, from 0 on.
    Column("number", Integer, primary_key=True),
    # What stands there, as base64; a key of the deployment seals it.
    Column("content", Sealed(4096), nullable=False),
)
