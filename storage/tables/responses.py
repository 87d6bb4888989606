"""The tables of responses to what people gave us, of what followed them, and of whether they helped."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Table, Text, false

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

response = Table(
    "response",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that responds.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # What was done with the contributions that it answers: a `ResponseState`.
    Column("state", Text, nullable=False),
    # Why, in the organizers' words, as JSON by language.
    Column("reason", Text, nullable=False),
    # Who decided it, as JSON by language; "{}": that is not said.
    Column("decided_by", Text, nullable=False, server_default="{}"),
    # In which document and paragraph it can be seen, as JSON by language; "{}": in none.
    Column("place", Text, nullable=False, server_default="{}"),
    # The address at which it can be seen; "": at none.
    Column("link", Text, nullable=False, server_default=""),
    # It departs from what a round decided on a matter that it answers.
    Column("departs", Boolean, nullable=False, server_default=false()),
    # When its people were told.
    Column("published", Moment, nullable=False),
    Index("ix_response_process_id_published", "process_id", "published"),
)

response_matter = Table(
    "response_matter",
    metadata,
    # The response that answers...
    Column("response_id", Text, ForeignKey("response.id"), primary_key=True),
    # ...this matter, perhaps among others.
    Column("matter_id", Text, ForeignKey("matter.id"), primary_key=True, index=True),
)

result = Table(
    "result",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that tells it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The response that it followed.
    Column("response_id", Text, ForeignKey("response.id"), nullable=False, index=True),
    # How far it has come: a `ResultState`.
    Column("state", Text, nullable=False),
    # What happened, in the organizers' words, as JSON by language.
    Column("text", Text, nullable=False),
    # In which document and paragraph it can be seen, as JSON by language; "{}": in none.
    Column("place", Text, nullable=False),
    # The address at which it can be seen; "": at none.
    Column("link", Text, nullable=False),
    # The day on which it happened.
    Column("day", Date, nullable=False),
    # When its people were told.
    Column("published", Moment, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    # The response that somebody was asked about.
    Column("response_id", Text, ForeignKey("response.id"), primary_key=True),
    # Who said whether it answers them.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
    # What they said: a `Helped`.
    Column("helped", Text, nullable=False),
    # Why, in their words; null: they did not say.
    Column("why", Sealed(512)),
    # The day on which they said it.
    Column("day", Date, nullable=False),
)

inquiry = Table(
    "inquiry",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that asks.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False),
    # The matter through which it asks.
    Column("matter_id", Text, ForeignKey("matter.id"), nullable=False, index=True),
    # The contribution about which it asks whoever gave it.
    Column(
        "contribution_id",
        Text,
        ForeignKey("contribution.id", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
        index=True,
    ),
    # The one question, in the organizers' words, as JSON by language.
    Column("text", Text, nullable=False),
    # Who of the staff asked it.
    Column("asked_by", Text, nullable=False),
    # When it was asked.
    Column("asked", Moment, nullable=False),
    # The contribution that answers it; null: there is none yet, or none any more.
    Column("answer_id", Text, ForeignKey("contribution.id", ondelete="SET NULL", onupdate="CASCADE"), index=True),
)
"""One question asked back of one contributor, whom nobody of the staff knows by it."""
