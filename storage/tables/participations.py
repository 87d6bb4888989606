"""The table of participations: who takes part in which process."""

from sqlalchemy import Boolean, Column, ColumnElement, Date, ForeignKey, FromClause, Index, Table, Text, and_

from storage._ground.columns import Sealed
from storage.tables._metadata import metadata

participation = Table(
    "participation",
    metadata,
    # In which process: a broadcast finds its people by this.
    Column("process_id", Text, ForeignKey("process.id"), primary_key=True),
    # Who takes part.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # Where the person lives, as the process names its regions; "" where they have not said.
    Column("region", Text, nullable=False),
    # By what kind of door they came, in the organizers' words, "poster"; "" by none, or they have left.
    Column("source", Text, nullable=False, server_default=""),
    # They agreed to take part, and have not left.
    Column("consented", Boolean, nullable=False),
    # To which version they agreed, in which language, to which sender, on which day; null: they have not.
    Column("consent", Sealed(64)),
    # The day on which they first wrote to this process.
    Column("joined", Date, nullable=False),
    # The day on which they left it; null: they have not.
    Column("left", Date),
)


def has_not_agreed(participations: FromClause) -> ColumnElement[bool]:
    """Not yet, and has not left either: whoever left had agreed, and keeps what they gave."""
    return and_(~participations.c.consented, participations.c.left.is_(None))


def came_by_a_door(participations: FromClause) -> ColumnElement[bool]:
    """By one of which the organizers say where it stands."""
    return participations.c.source != ""


Index(
    "ix_participation_not_agreed",
    participation.c.joined,
    postgresql_where=has_not_agreed(participation),
    sqlite_where=has_not_agreed(participation),
)
Index(
    "ix_participation_source",
    participation.c.process_id,
    participation.c.source,
    postgresql_where=came_by_a_door(participation),
    sqlite_where=came_by_a_door(participation),
)
