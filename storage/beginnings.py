"""Which row is meant by the first characters of its id."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Select, Table, or_, select

from storage._ground.database import Session
from storage.tables import broadcast, consultation, contribution, delivery, round, schedule  # noqa: A004

NAMED: Mapping[str, Table] = {
    "broadcast": broadcast,
    "bulletin that repeats": schedule,
    "consultation": consultation,
    "contribution": contribution,
    "vote": round,
}
"""What belongs to a process."""
AFTER = "g"
"""Sorts after every digit of an id, in any collation."""
MOST = 2
"""So many show that more characters are needed."""


async def ids(session: Session, process_id: str, kind: str, beginning: str) -> Sequence[str]:
    """Up to two ids of the process that begin so, or the one that is just this."""
    table = NAMED[kind]
    return await _found(session, _like(table.c.id, beginning).where(table.c.process_id == process_id), beginning)


async def deliveries(session: Session, beginning: str) -> Sequence[str]:
    """The same of deliveries, of all processes: an operator looks after them all."""
    return await _found(session, _like(delivery.c.id, beginning), beginning)


def _like(column: Column[str], beginning: str) -> Select[str]:
    # Not LIKE: PostgreSQL reads no index for it but in one collation.
    begins = (column >= beginning) & (column < beginning + AFTER)
    exact = column == beginning
    return select(column).where(or_(begins, exact)).order_by(exact.desc(), column).limit(MOST)


async def _found(session: Session, found: Select[str], beginning: str) -> Sequence[str]:
    return [name for name in (await session.execute(found)).scalars() if name.startswith(beginning)]
