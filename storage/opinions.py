"""What each person says of the statements of a sounding: all of it in one box, that their key alone opens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from storage._ground.database import Session
from storage.keys import Box, Keyring, PersonKey
from storage.states import Opinion
from storage.tables import opinion, person
from storage.together import Writes


class Held(Struct, frozen=True, array_like=True):
    """One opinion, as it stands in the box."""

    number: int
    """That of the statement in its sounding."""
    opinion: Opinion
    at: int
    """When it was said, in minutes since 1970: of two chats of one person the later counts."""

    def __repr__(self) -> str:
        return f"Held({self.number})"


@dataclass(frozen=True, slots=True)
class Mine:
    """All that a person says in one sounding, in the order in which they came to it."""

    held: tuple[Held, ...] = field(default=(), repr=False)
    edition: int = 0
    """How often it was changed."""

    def with_(self, new: Held) -> "Mine":
        """The same, with this in place of what they said of that statement before; it keeps its place."""
        is_there = any(old.number == new.number for old in self.held)
        changed = tuple(new if old.number == new.number else old for old in self.held)
        return Mine(changed if is_there else (*self.held, new), self.edition + 1)


async def of_person(session: Session, process_id: str, sounding_id: str, key: PersonKey) -> Mine:
    """What this person says there. Their row is theirs alone while they are locked, as in every turn."""
    query = select(opinion.c.held, opinion.c.edition).where(
        opinion.c.process_id == process_id,
        opinion.c.sounding_id == sounding_id,
        opinion.c.person_id == key.person,
    )
    row = (await session.execute(query)).one_or_none()
    return Mine() if row is None else Mine(unpacked(key.open(row.held, opinion.c.held, sounding_id)), row.edition)


def put(writes: Writes, key: PersonKey, process_id: str, sounding_id: str, mine: Mine) -> None:
    """From now on they say this."""
    row = {"process_id": process_id, "sounding_id": sounding_id, "person_id": key.person, "edition": mine.edition}
    writes.replace(opinion, ("sounding_id", "person_id"), **row, held=sealed(key, sounding_id, mine.held))


async def stamp(session: Session, process_id: str, sounding_id: str) -> str:
    """How much was said there so far: it changes with every opinion that comes, changes or goes."""
    query = select(func.count(), func.coalesce(func.sum(opinion.c.edition), 0)).where(
        opinion.c.process_id == process_id, opinion.c.sounding_id == sounding_id
    )
    people, changes = (await session.execute(query)).one()
    return f"{people} {changes}"


@dataclass(frozen=True, slots=True)
class Page:
    """What some people say."""

    each: Sequence[Sequence[Held]] = field(repr=False)
    last: str
    """The page after this one begins behind this person; "": there is none."""


async def page(session: Session, keys: Keyring, process_id: str, sounding_id: str, after: str, most: int) -> Page:
    """Up to `most` people of the sounding, in an order that tells nothing of them."""
    query = (
        select(opinion.c.person_id, opinion.c.held, person.c.key, person.c.key_epoch)
        .join(person, person.c.id == opinion.c.person_id)
        .where(opinion.c.process_id == process_id, opinion.c.sounding_id == sounding_id, opinion.c.person_id > after)
        .order_by(opinion.c.person_id)
        .limit(most)
    )
    rows = (await session.execute(query)).all()
    each = [
        unpacked(keys.unwrap(row.person_id, row.key, row.key_epoch).open(row.held, opinion.c.held, sounding_id))
        for row in rows
    ]
    return Page(each, rows[-1].person_id if len(rows) == most else "")


def merged(first: Iterable[Held], second: Iterable[Held]) -> tuple[Held, ...]:
    """What one person said in two chats: of one statement the later counts; of the same minute, the first's."""
    both = {held.number: held for held in first}
    for held in second:
        mine = both.get(held.number)
        if mine is None or held.at > mine.at:
            both[held.number] = held
    return tuple(both.values())


def sealed(key: PersonKey, sounding_id: str, held: Iterable[Held]) -> Box:
    return key.seal(msgspec.json.encode(tuple(held)).decode(), opinion.c.held, sounding_id)


def unpacked(text: str) -> tuple[Held, ...]:
    return msgspec.json.decode(text, type=tuple[Held, ...])
