"""What we tell."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from storage._ground.database import Session
from storage.tables import bulletin, item, sending


@dataclass(frozen=True, slots=True)
class NewBulletin:
    """A bulletin to be kept. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    content: str
    for_all: bool
    """Who joins later can read it too, while it holds."""
    not_after: datetime | None
    published: datetime
    """May be to come: until then nobody is told."""


async def published(session: Session, process_id: str, content: str) -> datetime | None:
    """When this very content was last published in the process; None: never."""
    newest = select(func.max(bulletin.c.published)).where(
        bulletin.c.process_id == process_id, bulletin.c.content == content
    )
    found: datetime | None = (await session.execute(newest)).scalar_one()
    return found


async def news(session: Session, process_id: str, since: datetime, until: datetime) -> list[str]:
    """The contents of what the process told everybody after the one moment and up to the other, but e-bulletins."""
    digests = (
        select(sending.c.content)
        .join(item, item.c.id == sending.c.item_id)
        .where(sending.c.process_id == process_id, item.c.since.is_not(None))
    )
    theirs = (
        bulletin.c.process_id == process_id,
        bulletin.c.for_all,
        bulletin.c.published > since,
        bulletin.c.published <= until,
        bulletin.c.content.not_in(digests),
    )
    rows = await session.execute(select(bulletin.c.content).where(*theirs).order_by(bulletin.c.published))
    return list(dict.fromkeys(rows.scalars()))


async def add(session: Session, new: NewBulletin) -> None:
    await session.execute(insert(bulletin).values(asdict(new)))


async def remove_to_come(session: Session, process_id: str, now: datetime) -> None:
    """Nobody is told what was to be published later in the process."""
    to_come = delete(bulletin).where(bulletin.c.process_id == process_id, bulletin.c.published > now)
    await session.execute(to_come)
