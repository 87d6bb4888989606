"""The tables of councils: their seats, who sits there, the invitations to them, and who stands for a seat."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

council = Table(
    "council",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that it advises.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # What the organizers wrote of it, as JSON: its name, what it does, its rules.
    Column("content", Text, nullable=False),
    # When it was made.
    Column("made", Moment, nullable=False),
    # When it was dissolved; null: it is not.
    Column("dissolved", Moment),
)

seat = Table(
    "seat",
    metadata,
    # A random name, by which the organizers call it; it tells nothing about who sits there.
    Column("id", Text, primary_key=True),
    # The process of its council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The council that it is a place in.
    Column("council_id", Text, ForeignKey("council.id"), nullable=False, index=True),
    # A `SeatKind`.
    Column("kind", Text, nullable=False),
    # The organization that names who sits there; null: none does.
    Column("organization", Text),
    # What it asks of who sits there, as JSON: by fact, which of its values; null: nothing.
    Column("requires", Text),
    # The day on which it was made.
    Column("made", Date, nullable=False),
    # The day on which it was abolished; null: it was not.
    Column("ended", Date),
)

membership = Table(
    "membership",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process of the council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The seat.
    Column("seat_id", Text, ForeignKey("seat.id"), nullable=False, index=True),
    # Who sits there, or sat.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # The day on which they took the seat.
    Column("since", Date, nullable=False),
    # The last day of the term; null: it has none.
    Column("until", Date),
    # When they were told that the term ends soon; null: they were not.
    Column("warned", Moment),
    # The day on which they left the seat; null: they sit there.
    Column("ended", Date),
    # A `TermEnd`; null: they sit there.
    Column("end", Text),
)

sits = membership.c.ended.is_(None)
"""Whether somebody sits there now."""

Index(
    "ix_membership_taken",
    membership.c.seat_id,
    unique=True,
    sqlite_where=membership.c.ended.is_(None),
    postgresql_where=membership.c.ended.is_(None),
)

invitation = Table(
    "invitation",
    metadata,
    # A keyed hash of the code that was handed out.
    Column("id", Text, primary_key=True),
    # The process of the council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The council to which it invites.
    Column("council_id", Text, ForeignKey("council.id"), nullable=False),
    # The one seat for which it is; null: who uses it gets a new one.
    Column("seat_id", Text, ForeignKey("seat.id")),
    # The day on which it was made.
    Column("made", Date, nullable=False),
    # The last day on which it can be used.
    Column("until", Date, nullable=False),
    # The day on which somebody took a seat by it; null: nobody has.
    Column("used", Date),
)

member_call = Table(
    "member_call",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process of the council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # The council for which members are called.
    Column("council_id", Text, ForeignKey("council.id"), nullable=False, index=True),
    # What the organizers wrote of it, as JSON: what it asks and gives, the facts and why they are asked.
    Column("content", Text, nullable=False),
    # When it was opened and told.
    Column("opened", Moment, nullable=False),
    # Until when people can put themselves forward.
    Column("closes", Moment, nullable=False),
    # When its candidates were drawn, or it was ended before its day; null: neither.
    Column("closed", Moment),
)

candidate = Table(
    "candidate",
    metadata,
    # A random name, by which they stand in the pool of a draw; it tells nothing about who they are.
    Column("id", Text, primary_key=True),
    # The process of the council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The call that they answered.
    Column("call_id", Text, ForeignKey("member_call.id"), nullable=False, index=True),
    # Who put themselves forward.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # What they told of themselves for the quotas, as JSON.
    Column("facts", Sealed(512), nullable=False),
    # The day on which they put themselves forward.
    Column("stood", Date, nullable=False),
    # A `CandidateState`.
    Column("state", Text, nullable=False),
    # The seat that is offered to them, or that they took; null: none.
    Column("seat_id", Text, ForeignKey("seat.id")),
    # In which order a substitute follows; null: they are none.
    Column("place", Integer),
    # Until when the seat is kept for their answer; null: none is offered.
    Column("answer_by", Moment),
)
