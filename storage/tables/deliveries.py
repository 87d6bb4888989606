"""The table of deliveries."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage._ground.columns import Moment, Sealed
from storage.tables._conditions import (
    has_left_with_its_words,
    is_notice_to_come,
    is_reply_to_come,
    is_under_way,
    is_unknown,
    waits_for_the_person,
    waits_in_line,
    waits_to_reply,
    was_resent,
)
from storage.tables._metadata import STAYS, metadata

WHAT_WAS_SENT = (
    "id", "broadcast_id", "channel", "lane", "turn", "part", "despite_stop", "state", "due", "since", "not_after",
    "attempts", "began", "ended", "resent", "segments", "code", "acknowledged", "language",
)  # fmt: skip
"""Without a text, and without the platform's number: the deliveries of a broadcast sum to its audience."""

delivery = Table(
    "delivery",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # Whom it is for; null: they were forgotten. No foreign keys here: they would cost a third of the time in which a
    # million deliveries are made. To make one, its person is locked; to erase a person, their deliveries are emptied.
    Column("person_id", Text, info={STAYS: WHAT_WAS_SENT}),
    # Where it is to go; null: its person was forgotten.
    Column("address_id", Text),
    # The broadcast that it is a part of; null: it is a reply.
    Column("broadcast_id", Text),
    # The name of the sender by which its address is reached.
    Column("channel", Text, nullable=False),
    # Of a broadcast: the language of its person when it was made, for the counts; null: a reply, or made before that.
    Column("language", Text),
    # Its `Lane`: which deliveries leave first.
    Column("lane", Integer, nullable=False),
    # Of a reply: the number of the message that it answers (`address.turns`); 0 elsewhere.
    Column("turn", Integer, nullable=False),
    # Of a reply in several messages: which of them it is, from 1.
    Column("part", Integer, nullable=False),
    # What a reply says, as `Outgoing` is packed; null: the text is its broadcast's, or erased, for nobody needs it now.
    Column("body", Sealed(512)),
    # It leaves although its person said STOP: it answers that, or FORGET.
    Column("despite_stop", Boolean, nullable=False, server_default=false()),
    # A `State`.
    Column("state", Text, nullable=False),
    # When it may leave at the earliest; of what is unknown: when the platform is asked again.
    Column("due", Moment, nullable=False),
    # Since when it counts as waiting, which orders replies and notices; null: a bulletin, whose order is `due`.
    Column("since", Moment),
    # Until when it is of use: it does not leave after that; null: it always is.
    Column("not_after", Moment),
    # How often the platform was asked to take it and did not.
    Column("attempts", Integer, nullable=False),
    # When a worker last claimed it; null: none has.
    Column("began", Moment),
    # The day on which it came to its state; null: it is queued or being sent.
    Column("ended", Date),
    # It has left a second time, or for a second address: it does not do so again.
    Column("resent", Boolean, nullable=False, server_default=false()),
    # The worker that claimed it last and may say what became of it; null: nobody may.
    Column("owner", Text),
    # Until when the claim holds: a worker that has said nothing by then seems dead; null: it is not claimed.
    Column("lease", Moment),
    # The platform's id of the last attempt that it took; null: it took none, or the person was forgotten.
    Column("provider_id", Text),
    # As how many text messages the platform counts it, for the pace and the price; null: it has not left.
    Column("segments", Integer),
    # Why it is in its state: a `Code`, or a platform's; null: there is nothing to say.
    Column("code", Text),
    # The day on which an operator said that they know of its unknown fate; null: nobody has.
    Column("acknowledged", Date),
    UniqueConstraint("person_id", "broadcast_id"),
)

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
Index(
    "ix_delivery_resent",
    delivery.c.broadcast_id,
    postgresql_where=was_resent(delivery),
    sqlite_where=was_resent(delivery),
)
