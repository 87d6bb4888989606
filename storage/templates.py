"""The texts that a platform has approved, or not yet, as it said when it was last asked."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage.database import Session
from storage.tables import template


@dataclass(frozen=True, slots=True)
class Template:
    """One text in one language; `status` and `reason` are the platform's words."""

    name: str
    language: str
    provider_id: str
    status: str
    reason: str


async def keep(session: Session, channel: str, found: Sequence[Template], now: datetime) -> None:
    """What there is, in place of what there was."""
    await session.execute(delete(template).where(template.c.channel == channel))
    rows = [
        {
            "channel": channel, "name": one.name, "language": one.language, "provider_id": one.provider_id,
            "status": one.status, "reason": one.reason, "checked": now,
        }
        for one in found
    ]  # fmt: skip
    if rows:
        await session.execute(insert(template), rows)


async def all_of(session: Session, channel: str) -> list[Template]:
    """In the order of their names."""
    rows = await session.execute(
        select(*(template.c[one.name] for one in fields(Template)))
        .where(template.c.channel == channel)
        .order_by(template.c.name, template.c.language)
    )
    return [Template(*row) for row in rows]
