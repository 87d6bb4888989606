"""Questions that are asked back of one contributor each."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import insert, select

from storage._ground.database import Session
from storage.tables import consultation, contribution, gathered, inquiry
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """A question to whoever gave a contribution, through a matter that it is gathered in."""

    id: str
    process_id: str
    matter_id: str
    contribution_id: str
    text: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    asked_by: str


@dataclass(frozen=True, slots=True)
class WaitingInquiry:
    """A question that waits for its answer."""

    id: str
    matter_id: str
    text: str = field(repr=False)


async def add(session: Session, new: NewInquiry, now: datetime) -> None:
    await session.execute(insert(inquiry).values(**asdict(new), asked=now))


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody wants to ask about."""

    day: date
    """On which it was given."""
    topic: str
    consultation: str | None
    """The content of the consultation that it answers."""
    is_waiting: bool
    """A question about it was asked before, and has no answer yet."""


async def about(session: Session, process_id: str, matter_id: str, contribution_id: str) -> Asking | None:
    """A contribution that is gathered in the matter; None: it is not, or its person was forgotten.

    It is locked: whoever else asks about it waits.
    """
    waits = select(inquiry.c.id).where(
        inquiry.c.process_id == process_id,
        inquiry.c.contribution_id == contribution_id,
        inquiry.c.answer_id.is_(None),
    )
    found = (
        select(contribution.c.given, contribution.c.topic, contribution.c.consultation_id)
        .join(gathered, gathered.c.contribution_id == contribution.c.id)
        .where(
            contribution.c.process_id == process_id,
            contribution.c.id == contribution_id,
            contribution.c.person_id.is_not(None),
            gathered.c.matter_id == matter_id,
        )
        .with_for_update(of=[contribution], key_share=True)
    )
    row = (await session.execute(found)).one_or_none()
    if row is None:
        return None
    content = select(consultation.c.content).where(
        consultation.c.process_id == process_id, consultation.c.id == row.consultation_id
    )
    title = (await session.execute(content)).scalar_one_or_none() if row.consultation_id else None
    is_waiting = (await session.execute(waits.limit(1))).one_or_none() is not None
    return Asking(row.given, row.topic, title, is_waiting)


async def waiting(session: Session, process_id: str, person_id: str) -> WaitingInquiry | None:
    """The oldest question of the process that waits for an answer of this person."""
    found = (
        select(inquiry.c.id, inquiry.c.matter_id, inquiry.c.text)
        .join(contribution, contribution.c.id == inquiry.c.contribution_id)
        .where(inquiry.c.process_id == process_id, contribution.c.person_id == person_id, inquiry.c.answer_id.is_(None))
        .order_by(inquiry.c.asked, inquiry.c.id)
        .limit(1)
    )
    row = (await session.execute(found)).one_or_none()
    return None if row is None else WaitingInquiry(*row)


def answer(writes: Writes, inquiry_id: str, matter_id: str, answer_id: str, now: datetime) -> None:
    """This contribution, which is written with it, answers the question: it belongs into the same matter."""
    writes.change(inquiry, ("id",), id=inquiry_id, answer_id=answer_id)
    row = {"matter_id": matter_id, "contribution_id": answer_id, "staff_id": None, "since": now}
    writes.replace(gathered, ("matter_id", "contribution_id"), **row)
