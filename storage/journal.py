"""What staff did: an entry for each act, chained to the one before by its hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Select, func, insert, select

from storage._ground.database import Session
from storage.tables import journal

LOCK = 7_203_418_817
"""The number of PostgreSQL's advisory lock on the end of the chain."""


class Head(NamedTuple):
    """The end of the chain. Whoever keeps it elsewhere knows all that came before it."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


START = Head(0, "0" * 64)
"""What the first entry goes on from."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An act. The facts are a JSON text that the handlers wrote."""

    at: datetime
    staff_id: str
    """"": somebody at the terminal."""
    process_id: str | None
    act: str
    object: str
    facts: str


class StoredEntry(NamedTuple):
    """An entry as it stands in the table, which somebody may have changed behind our back."""

    number: int
    at: str
    staff_id: str
    process_id: str | None
    act: str
    object: str
    facts: str
    previous: str
    hash: str


async def append(session: Session, new: NewEntry) -> Head:
    """Write an entry at the end. Who writes another waits until this transaction ends: let it be the last thing there.

    What is taken back leaves no gap.
    """
    if session.dialect.name != "sqlite":
        await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = await head(session)
    entry = StoredEntry(
        number=last.number + 1,
        at=new.at.astimezone(UTC).isoformat(timespec="microseconds"),
        staff_id=new.staff_id,
        process_id=new.process_id,
        act=new.act,
        object=new.object,
        facts=new.facts,
        previous=last.hash,
        hash="",
    )
    hashed = entry._replace(hash=digest(entry))
    await session.execute(insert(journal).values(hashed._asdict()))
    return Head(hashed.number, hashed.hash)


async def head(session: Session) -> Head:
    """The end of the chain as it is now."""
    last = select(journal.c.number, journal.c.hash).order_by(journal.c.number.desc()).limit(1)
    row = (await session.execute(last)).one_or_none()
    return START if row is None else Head(*row)


class _Hashed(msgspec.Struct, frozen=True, gc=False):
    """What the hash of an entry is of, beside the hash before it: in the order of the alphabet."""

    act: str
    at: str
    facts: str
    number: int
    object: str
    process_id: str | None
    staff_id: str


CANONICAL = msgspec.json.Encoder()
"""No blanks, UTF-8."""


def digest(entry: StoredEntry) -> str:
    """The hash that an entry has to have: of the hash before it, and of what it says as canonical JSON."""
    number, at, staff_id, process_id, act, object_, facts, previous, _hash = entry
    hashed = _Hashed(act, at, facts, number, object_, process_id, staff_id)
    return sha256(previous.encode() + CANONICAL.encode(hashed)).hexdigest()


async def newest(
    session: Session, process_id: str | None, most: int, before: int | None = None
) -> Sequence[StoredEntry]:
    """So many, the newest first, of those `before` a number. Of one process; None: of the whole deployment."""
    found = _entries().order_by(journal.c.number.desc()).limit(most)
    if process_id is not None:
        found = found.where(journal.c.process_id == process_id)
    if before is not None:
        found = found.where(journal.c.number < before)
    return [StoredEntry._make(row) for row in await session.execute(found)]


async def after(session: Session, number: int | None, most: int) -> Sequence[StoredEntry]:
    """So many, the oldest first, of those after a number; None: from the first on, whatever its number is."""
    found = _entries().order_by(journal.c.number).limit(most)
    if number is not None:
        found = found.where(journal.c.number > number)
    return [StoredEntry._make(row) for row in await session.execute(found)]


def _entries() -> Select[Any]:
    return select(*(journal.c[name] for name in StoredEntry._fields))
