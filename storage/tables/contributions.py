"""The tables of what people gave us and of the responses to it."""

from sqlalchemy import Column, Date, ForeignKey, Table, Text, UniqueConstraint

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import STAYS, metadata

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
