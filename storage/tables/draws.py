"""The tables of draws by lot: what was announced of each, who could be drawn, and whom it gave."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

draw = Table(
    "draw",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process of the council.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The council whose seats are drawn.
    Column("council_id", Text, ForeignKey("council.id"), nullable=False),
    # The call that the candidates answered.
    Column("call_id", Text, ForeignKey("member_call.id"), nullable=False),
    # How many are drawn.
    Column("seats", Integer, nullable=False),
    # How many of whom, as JSON: by fact and value, the least and the most.
    Column("quotas", Text, nullable=False),
    # What the first of its seats require of who sits there, as JSON, seat by seat; null: nothing.
    Column("requirements", Text),
    # Which public value decides, in the organizers' words.
    Column("source", Text, nullable=False),
    # From when on everybody can know that value.
    Column("due", Moment, nullable=False),
    # The SHA-256, in hexadecimal, of all that was announced, with the pool.
    Column("commitment", Text, nullable=False),
    # A `DrawState`.
    Column("state", Text, nullable=False),
    # When it was announced.
    Column("announced", Moment, nullable=False),
    # Who of the staff announced it.
    Column("announced_by", Text, nullable=False),
    # The public value as it was entered; null: nobody has.
    Column("value", Text),
    # When it was entered; null: it was not.
    Column("entered", Moment),
    # Who of the staff entered it; null: nobody has.
    Column("entered_by", Text),
    # How much of the drawing is done, in percent.
    Column("progress", Integer, nullable=False, server_default="0"),
    # How often a worker has begun it.
    Column("tries", Integer, nullable=False, server_default="0"),
    # The worker that draws; null: none does.
    Column("maker", Text),
    # Until when it is that worker's alone; null: it is nobody's.
    Column("until", Moment),
    # What came of it, as JSON, but for the people: how their chances are spread, or why nobody could be drawn; null:
    # it was not drawn yet.
    Column("outcome", Text),
    # When it was drawn; null: it was not.
    Column("drawn", Moment),
    # When the seats were given to who was drawn; null: they were not.
    Column("confirmed", Moment),
    # Who of the staff confirmed it; null: nobody has.
    Column("confirmed_by", Text),
    Index("ix_draw_process_id_announced", "process_id", "announced"),
    Index("ix_draw_state_until", "state", "until"),
)

ticket = Table(
    "ticket",
    metadata,
    # A random name for somebody in one draw alone, which nothing else is called by.
    Column("id", Text, primary_key=True),
    # The draw.
    Column("draw_id", Text, ForeignKey("draw.id"), nullable=False, index=True),
    # A salted SHA-256, in hexadecimal, of what they told: it proves the pool, and says nothing of them.
    Column("leaf", Text, nullable=False),
    # They had gone before it was drawn, so nobody could draw them.
    Column("gone", Boolean, nullable=False, server_default=false()),
    # Which place they got: who was drawn from 1 on, then the substitutes; null: none, or it is not drawn yet.
    Column("place", Integer),
    # How probable it was that they are drawn, in millionths; null: it is not drawn yet, or they had gone.
    Column("chance", Integer),
)

ticket_holder = Table(
    "ticket_holder",
    metadata,
    # The ticket.
    Column("ticket_id", Text, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    # Who holds it, as they stand in the call. The row goes when they do; the ticket stays, and says nothing.
    Column("candidate_id", Text, ForeignKey("candidate.id", ondelete="CASCADE"), nullable=False, index=True),
    # Whose it is.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # What they had told when the draw was announced, with salt, as JSON.
    Column("facts", Sealed(512), nullable=False),
)
