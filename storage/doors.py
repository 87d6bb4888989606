"""Doors: the words by which people come into a process on a sender, and how many came by each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.states import ProcessState
from storage.tables import door, process


class Place(NamedTuple):
    """Where a door is: on which sender, by which word in small letters."""

    sender: str
    word: str


@dataclass(frozen=True, slots=True)
class Door:
    """A word that leads into a process."""

    sender: str
    word: str
    process_id: str
    language: str | None
    """In which who comes by it is first spoken to; None: as we guess."""
    source: str | None
    """Where the word stands, "poster"."""
    came: int = 0
    """How many people came into the process by it."""


async def add(session: Session, new: Door) -> bool:
    """False when the word is taken on this sender."""
    insert = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(door)
    added = insert.values(asdict(new)).on_conflict_do_nothing(index_elements=["sender", "word"])
    return (await session.execute(added.returning(door.c.word))).one_or_none() is not None


async def of(session: Session, process_id: str) -> Sequence[Door]:
    """Those of a process, by sender and word."""
    theirs = select(*_columns()).where(door.c.process_id == process_id)
    return [Door(*row) for row in await session.execute(theirs.order_by(door.c.sender, door.c.word))]


async def are_there(session: Session, words: Sequence[str]) -> bool:
    """Whether any of these, in small letters, is the word of a door on any sender."""
    return (await session.execute(select(exists().where(door.c.word.in_(words))))).scalar_one()


async def remove(session: Session, process_id: str, sender: str, word: str) -> bool:
    """Nobody comes in by it any more. False when the process has no such door."""
    is_meant = (door.c.process_id == process_id, door.c.sender == sender, door.c.word == word)
    return bool((await session.execute(delete(door).where(*is_meant))).rowcount)


@dataclass(frozen=True, slots=True)
class Leading:
    """Where a door leads: to which edition of which process, in which language first."""

    process: str
    edition: int
    is_open: bool
    """The process goes on."""
    language: str | None
    source: str | None
    """Where the word stands."""


async def find(session: Session, places: Iterable[Place]) -> Mapping[Place, Leading]:
    """Where these doors lead; what is no door is left out."""
    rows = await session.execute(
        select(
            door.c.sender,
            door.c.word,
            door.c.process_id,
            process.c.edition,
            process.c.state == ProcessState.OPEN,
            door.c.language,
            door.c.source,
        )
        .join(process, process.c.id == door.c.process_id)
        .where(tuple_(door.c.sender, door.c.word).in_([*places]))
    )
    return {Place(sender, word): Leading(*leads) for sender, word, *leads in rows}


async def places(session: Session) -> frozenset[Place]:
    """Of all doors."""
    return frozenset(Place(*row) for row in await session.execute(select(door.c.sender, door.c.word)))


async def count(session: Session, came: Iterable[Place]) -> None:
    """So many more people came, each by one of these. Always in the same order, so that nobody waits for ever."""
    for (sender, word), number in sorted(Counter(came).items()):
        is_meant = (door.c.sender == sender, door.c.word == word)
        await session.execute(update(door).where(*is_meant).values(came=door.c.came + number))


def _columns() -> list[ColumnElement[Any]]:
    return [door.c.sender, door.c.word, door.c.process_id, door.c.language, door.c.source, door.c.came]
