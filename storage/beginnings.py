"""Which row is meant by the first characters of its id."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, or_, select

from storage._ground.database import Session
from storage.tables import broadcast, consultation, contribution, delivery, round, schedule  # noqa: A004

NAMED: Mapping[str, Column[str]] = {
    "broadcast": broadcast.c.id,
    "bulletin that repeats": schedule.c.id,
    "consultation": consultation.c.id,
    "contribution": contribution.c.id,
    "delivery": delivery.c.id,
    "vote": round.c.id,
}
AFTER = "g"
"""Sorts after every digit of an id, in any collation."""
MOST = 2
"""So many show that more characters are needed."""


async def ids(session: Session, kind: str, beginning: str) -> Sequence[str]:
    """Up to two ids that begin so, or the one that is just this."""
    column = NAMED[kind]
    # Not LIKE: PostgreSQL reads no index for it but in one collation.
    begins = (column >= beginning) & (column < beginning + AFTER)
    exact = column == beginning
    found = select(column).where(or_(begins, exact)).order_by(exact.desc(), column).limit(MOST)
    return [name for name in (await session.execute(found)).scalars() if name.startswith(beginning)]
