"""What we tell."""

from datetime import datetime

from sqlalchemy import insert

from storage._ground.database import Session
from storage.tables import bulletin


async def add(
    session: Session,
    bulletin_id: str,
    process_id: str,
    content: str,
    for_all: bool,
    not_after: datetime | None,
    published: datetime,
) -> None:
    """`published` may be to come: until then nobody is told."""
    await session.execute(
        insert(bulletin).values(
            id=bulletin_id,
            process_id=process_id,
            content=content,
            for_all=for_all,
            not_after=not_after,
            published=published,
        )
    )
