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
    and_,
    false,
    literal_column,
)

from storage._ground.columns import Moment, Sealed
from storage.lanes import Lane

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STAYS = "stays"
"""FORGET deletes the rows that lead to a person: by `CASCADE`, or in `people.erase`. Where a row is let go of instead,
the `info` of the column that led to the person names here what stays in it, which is nobody's then."""

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
    Column("consent", Sealed(64)),
    Column("met", Date, nullable=False),
)

Index(
    "ix_person_not_agreed",
    person.c.met,
    postgresql_where=~person.c.consented,
    sqlite_where=~person.c.consented,
)

ACTIVE = "active"
"""The reach of an address that can be written to."""
OPTED_OUT = "opted_out"
"""The reach of who said STOP: only they undo it."""
BLOCKED = "blocked"
"""The reach of who blocked us: anything they write undoes it."""

address = Table(
    "address",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("index", Text, unique=True),
    Column("external", Sealed(64), nullable=False),
    Column("reach", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("talk", Sealed(1024)),
    Column("spoke", Moment, nullable=False),
    Column("consented", Boolean, nullable=False, server_default=false()),
    Column("until", Moment),
    Column("strikes", Integer, nullable=False, server_default="0"),
    Column("struck", Moment),
    Column("shut", Moment),
    Column("replied", Moment),
)

Index(
    "ix_address_until",
    address.c.until,
    postgresql_where=address.c.until.is_not(None),
    sqlite_where=address.c.until.is_not(None),
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
    Column("body", Sealed(1024), nullable=False),
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

WHAT_WAS_GIVEN = (
    "id", "process_id", "consultation_id", "question", "option", "topic", "language", "given", "response_id",
)  # fmt: skip
"""Without words: it is counted."""

contribution = Table(
    "contribution",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("person_id", Text, ForeignKey("person.id", ondelete="SET NULL"), index=True, info={STAYS: WHAT_WAS_GIVEN}),
    Column("consultation_id", Text, ForeignKey("consultation.id")),
    Column("question", Text),
    Column("option", Text),
    Column("topic", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("words", Sealed(512)),
    Column("voice", Sealed(256)),
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
    Column("until", Date, nullable=False),
    Column("used", Date),
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
    Column("voters", Integer),
    Column("voted", Integer),
)

ballot = Table(
    "ballot",
    metadata,
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("matters", Sealed(1024)),
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
    Column("not_before", Moment),
    Column("not_after", Moment),
    Column("hours", Text, nullable=False, server_default=""),
    Column("outside", Text, nullable=False, server_default="template,wait"),
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    Column("again", Boolean, nullable=False, server_default=false()),
    Column("state", Text, nullable=False, server_default="running"),
    Column("walked", Text, nullable=False, server_default=""),
    Column("reached", Text, nullable=False),
    Column("expanded", Boolean, nullable=False),
    Index("ix_broadcast_state", "state"),
)

standing = Table(
    "standing",
    metadata,
    Column("broadcast_id", Text, ForeignKey("broadcast.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How many deliveries of a broadcast are in which state: kept by the database itself, see `storage.migrations`.

A slot is one connection of PostgreSQL's, so that nobody waits for somebody else's count.
"""

schedule = Table(
    "schedule",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("made", Moment, nullable=False),
)

circuit = Table(
    "circuit",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("probe", Text),
)

template = Table(
    "template",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("checked", Moment, nullable=False),
)

mark = Table(
    "mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)

program = Table(
    "program",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seen", Moment, nullable=False),
)

WHAT_WAS_SENT = (
    "id", "broadcast_id", "channel", "lane", "turn", "part", "despite_stop", "state", "due", "since", "not_after",
    "attempts", "began", "ended", "resent", "segments", "code", "acknowledged",
)  # fmt: skip
"""Without a text, and without the platform's number: the deliveries of a broadcast sum to its audience."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    # No foreign keys: they would cost a third of the time in which a million deliveries are made. Whoever makes one has
    # locked its person, and whoever erases a person lets go of theirs.
    Column("person_id", Text, info={STAYS: WHAT_WAS_SENT}),
    Column("address_id", Text),
    Column("broadcast_id", Text),
    Column("channel", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("body", Sealed(512)),
    Column("despite_stop", Boolean, nullable=False, server_default=false()),
    Column("state", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("since", Moment),
    Column("not_after", Moment),
    Column("attempts", Integer, nullable=False),
    Column("began", Moment),
    Column("ended", Date),
    Column("resent", Boolean, nullable=False, server_default=false()),
    Column("owner", Text),
    Column("lease", Moment),
    Column("provider_id", Text),
    Column("segments", Integer),
    Column("code", Text),
    Column("acknowledged", Date),
    UniqueConstraint("person_id", "broadcast_id"),
)


def waits(deliveries: FromClause) -> ColumnElement[bool]:
    """In the words of the index: neither database uses a partial index for a state that it is told separately."""
    return deliveries.c.state == literal_column("'queued'", Text())


def waits_in_line(deliveries: FromClause) -> ColumnElement[bool]:
    """Of a lane in which what is due first leaves first; replies have a line of their own."""
    return and_(waits(deliveries), deliveries.c.lane != literal_column(str(Lane.REPLY.value), Integer()))


def waits_to_reply(deliveries: FromClause) -> ColumnElement[bool]:
    return and_(waits(deliveries), deliveries.c.lane == literal_column(str(Lane.REPLY.value), Integer()))


def is_under_way(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'sending'", Text())


def is_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state.in_([literal_column("'queued'", Text()), literal_column("'sending'", Text())])


def is_reply_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return and_(deliveries.c.lane == literal_column(str(Lane.REPLY.value), Integer()), is_to_come(deliveries))


def is_notice_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return and_(deliveries.c.lane == literal_column("1", Integer()), is_to_come(deliveries))


def is_unknown(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'unknown'", Text())


def is_unnoticed(deliveries: FromClause) -> ColumnElement[bool]:
    """Of unknown fate, and nobody who operates this has said that they know."""
    return and_(is_unknown(deliveries), deliveries.c.acknowledged.is_(None))


def has_left_with_its_words(deliveries: FromClause) -> ColumnElement[bool]:
    """Sent, and its text is kept until the platform has said more: it may have to leave again."""
    return and_(deliveries.c.state == literal_column("'sent'", Text()), deliveries.c.body.is_not(None))


def waits_for_the_person(deliveries: FromClause) -> ColumnElement[bool]:
    """Queued, but nothing leaves before they write: they have been silent for too long."""
    return and_(waits(deliveries), deliveries.c.code == literal_column("'shut'", Text()))


Index(
    "ix_delivery_waiting",
    delivery.c.channel,
    delivery.c.lane,
    delivery.c.due,
    postgresql_where=waits_in_line(delivery),
    sqlite_where=waits_in_line(delivery),
)
Index(
    "ix_delivery_replies",
    delivery.c.channel,
    delivery.c.since,
    delivery.c.due,
    postgresql_where=waits_to_reply(delivery),
    sqlite_where=waits_to_reply(delivery),
)
Index(
    "ix_delivery_order",
    delivery.c.address_id,
    delivery.c.turn,
    delivery.c.part,
    postgresql_where=is_reply_to_come(delivery),
    sqlite_where=is_reply_to_come(delivery),
)
Index(
    "ix_delivery_notices",
    delivery.c.address_id,
    delivery.c.since,
    postgresql_where=is_notice_to_come(delivery),
    sqlite_where=is_notice_to_come(delivery),
)
Index(
    "ix_delivery_lease",
    delivery.c.lease,
    postgresql_where=is_under_way(delivery),
    sqlite_where=is_under_way(delivery),
)

Index(
    "ix_delivery_shut",
    delivery.c.address_id,
    postgresql_where=waits_for_the_person(delivery),
    sqlite_where=waits_for_the_person(delivery),
)
Index(
    "ix_delivery_words",
    delivery.c.began,
    postgresql_where=has_left_with_its_words(delivery),
    sqlite_where=has_left_with_its_words(delivery),
)
Index(
    "ix_delivery_unknown",
    delivery.c.channel,
    delivery.c.began,
    postgresql_where=is_unknown(delivery),
    sqlite_where=is_unknown(delivery),
)
Index(
    "ix_delivery_unknown_to",
    delivery.c.address_id,
    postgresql_where=is_unknown(delivery),
    sqlite_where=is_unknown(delivery),
)
Index(
    "ix_delivery_ended",
    delivery.c.ended,
    postgresql_where=delivery.c.ended.is_not(None),
    sqlite_where=delivery.c.ended.is_not(None),
)

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    UniqueConstraint("delivery_id", "provider_id", "status", "code"),
)
