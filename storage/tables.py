"""The tables."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

from storage.columns import Moment, Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

process = Table(
    "process",
    metadata,
    Column("id", Text, primary_key=True),
    Column("edition", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("opened", Moment, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("key_epoch", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("consented", Boolean, nullable=False),
    Column("consent", Sealed),
    Column("met", Date, nullable=False),
)

ACTIVE = "active"
"""The reach of an address that can be written to."""
OPTED_OUT = "opted_out"
"""The reach of who said STOP: only they undo it."""

address = Table(
    "address",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("index", Text, unique=True),
    Column("external", Sealed, nullable=False),
    Column("reach", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("talk", Sealed),
    Column("spoke", Moment, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seen", Date, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("index", Text, index=True),
    Column("body", Sealed, nullable=False),
    Column("fault", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

consultation = Table(
    "consultation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("closed", Moment),
)

response = Table(
    "response",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("published", Moment, nullable=False),
)

contribution = Table(
    "contribution",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("person_id", Text, ForeignKey("person.id", ondelete="SET NULL"), index=True),
    Column("consultation_id", Text, ForeignKey("consultation.id")),
    Column("question", Text),
    Column("option", Text),
    Column("topic", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("words", Sealed),
    Column("voice", Sealed),
    Column("given", Date, nullable=False),
    Column("response_id", Text, ForeignKey("response.id"), index=True),
    UniqueConstraint("consultation_id", "question", "person_id"),
)

member = Table(
    "member",
    metadata,
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Date, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("made", Date, nullable=False),
)

round = Table(  # noqa: A001 the word of the field, never used bare
    "round",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("closes", Moment, nullable=False),
    Column("closed", Moment),
    Column("result", Text),
)

ballot = Table(
    "ballot",
    metadata,
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("matters", Sealed),
    Column("voted", Boolean, nullable=False, server_default=false()),
)

bulletin = Table(
    "bulletin",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("for_all", Boolean, nullable=False),
    Column("not_after", Moment),
    Column("published", Moment, nullable=False),
)

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("renditions", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("made", Moment, nullable=False),
    Column("not_after", Moment),
    Column("reached", Text, nullable=False),
    Column("expanded", Boolean, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="SET NULL"), index=True),
    Column("address_id", Text),  # no foreign key: an address goes with its person, who has one
    Column("broadcast_id", Text, ForeignKey("broadcast.id")),
    Column("channel", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("body", Sealed),
    Column("despite_stop", Boolean, nullable=False, server_default=false()),
    Column("state", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("not_after", Moment),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease", Moment),
    Column("provider_id", Text),
    Column("segments", Integer),
    Column("code", Text),
    UniqueConstraint("broadcast_id", "person_id"),
)


def waits(deliveries: FromClause) -> ColumnElement[bool]:
    """In the words of the index: neither database uses a partial index for a state that it is told separately."""
    return deliveries.c.state == literal_column("'queued'", Text())


def is_under_way(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'sending'", Text())


def is_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state.in_([literal_column("'queued'", Text()), literal_column("'sending'", Text())])


Index(
    "ix_delivery_waiting",
    delivery.c.channel,
    delivery.c.lane,
    delivery.c.due,
    postgresql_where=waits(delivery),
    sqlite_where=waits(delivery),
)
Index(
    "ix_delivery_order",
    delivery.c.address_id,
    delivery.c.turn,
    delivery.c.part,
    postgresql_where=is_to_come(delivery),
    sqlite_where=is_to_come(delivery),
)
Index(
    "ix_delivery_lease",
    delivery.c.lease,
    postgresql_where=is_under_way(delivery),
    sqlite_where=is_under_way(delivery),
)

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("delivery_id", "provider_id", "status", "code"),
)
