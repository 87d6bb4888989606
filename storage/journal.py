"""What staff did: an entry for each act, chained to the one before by its hash."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Select, func, insert, select

from storage._ground.database import Session
from storage.tables import journal

LOCK = 7_203_418_817
"""The number of PostgreSQL's advisory lock on the end of the chain."""


@dataclass(frozen=True, slots=True)
class Head:
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


@dataclass(frozen=True, slots=True)
class StoredEntry:
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
    hashed = replace(entry, hash=digest(entry))
    await session.execute(insert(journal).values(asdict(hashed)))
    return Head(hashed.number, hashed.hash)


async def head(session: Session) -> Head:
    """The end of the chain as it is now."""
    last = select(journal.c.number, journal.c.hash).order_by(journal.c.number.desc()).limit(1)
    row = (await session.execute(last)).one_or_none()
    return START if row is None else Head(*row)


def digest(entry: StoredEntry) -> str:
    """The hash that an entry has to have: of the hash before it, and of what it says as canonical JSON."""
    return sha256(entry.previous.encode() + _canonical(entry)).hexdigest()


def _canonical(entry: StoredEntry) -> bytes:
    """By the names of the columns in the order of the alphabet, no blanks, UTF-8."""
    written = {
        "act": entry.act,
        "at": entry.at,
        "facts": entry.facts,
        "number": entry.number,
        "object": entry.object,
        "process_id": entry.process_id,
        "staff_id": entry.staff_id,
    }
    return msgspec.json.encode(written)


async def newest(
    session: Session, process_id: str | None, most: int, before: int | None = None
) -> Sequence[StoredEntry]:
    """So many, the newest first, of those `before` a number. Of one process; None: of the whole deployment."""
    found = _entries().order_by(journal.c.number.desc()).limit(most)
    if process_id is not None:
        found = found.where(journal.c.process_id == process_id)
    if before is not None:
        found = found.where(journal.c.number < before)
    return [StoredEntry(*row) for row in await session.execute(found)]


async def after(session: Session, number: int | None, most: int) -> Sequence[StoredEntry]:
    """So many, the oldest first, of those after a number; None: from the first on, whatever its number is."""
    found = _entries().order_by(journal.c.number).limit(most)
    if number is not None:
        found = found.where(journal.c.number > number)
    return [StoredEntry(*row) for row in await session.execute(found)]


def _entries() -> Select[Any]:
    return select(*(journal.c[part.name] for part in fields(StoredEntry)))
