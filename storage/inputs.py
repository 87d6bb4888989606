"""What a process hands to the one that it stands under."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from storage._ground.database import Session
from storage.tables import input as input_
from storage.tables import process


@dataclass(frozen=True, slots=True)
class NewInput:
    """An input to be kept. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    content: str
    published: datetime


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An input, by the slug of the process that published it."""

    id: str
    slug: str
    content: str
    published: datetime


async def add(session: Session, new: NewInput) -> None:
    await session.execute(insert(input_).values(asdict(new)))


async def published_under(session: Session, process_id: str) -> Sequence[StoredInput]:
    """What the processes that stand under this one have published, newest first."""
    theirs = (
        select(input_.c.id, process.c.slug, input_.c.content, input_.c.published)
        .join(process, process.c.id == input_.c.process_id)
        .where(process.c.parent_id == process_id)
    )
    rows = await session.execute(theirs.order_by(input_.c.published.desc(), input_.c.id))
    return [StoredInput(*row) for row in rows]
