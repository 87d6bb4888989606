"""Old deliveries that have ended are deleted; the counts of their broadcasts stay."""

from datetime import datetime

from sqlalchemy import delete, select

from storage._ground.database import Session
from storage.tables import delivery


async def age(session: Session, before: datetime, most: int) -> int:
    """Delete up to `most` deliveries that ended before that day; gives how many."""
    ended = select(delivery.c.id).where(delivery.c.ended < before.date()).limit(most)
    old = ended.with_for_update(skip_locked=True).cte("old")
    gone = delete(delivery).where(delivery.c.id.in_(select(old.c.id))).returning(delivery.c.id)
    return len((await session.execute(gone)).all())
