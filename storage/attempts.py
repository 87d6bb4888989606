"""Tries to sign in, as far as they have to be counted."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from storage._ground.database import Session
from storage.tables import attempt


async def count_in(session: Session, attempt_id: str, most: Mapping[str, int], since: datetime, now: datetime) -> bool:
    """Count a try at each of these, unless there were as many as this since then at one of them: then it is False.

    Whoever tries the same waits until this transaction ends, so that a thousand at once are no more than one by one.
    """
    for target in sorted(most):
        if session.dialect.name != "sqlite":  # there, nobody else writes meanwhile
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(target, 0))))
    lately = (attempt.c.target.in_(most), attempt.c.at > since)
    counted = select(attempt.c.target, func.count()).where(*lately).group_by(attempt.c.target)
    if any(number >= most[target] for target, number in await session.execute(counted)):
        return False
    await session.execute(insert(attempt), [{"id": attempt_id, "target": target, "at": now} for target in most])
    return True


async def forgive(session: Session, attempt_id: str) -> None:
    """This was no guess: it does not count."""
    await session.execute(delete(attempt).where(attempt.c.id == attempt_id))


async def prune(session: Session, before: datetime) -> int:
    """Forget tries that count no more."""
    return (await session.execute(delete(attempt).where(attempt.c.at <= before))).rowcount
