"""Codes by which a second chat is linked with a first, and the chats that are one person's."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from storage._ground.database import Session
from storage.keys import PersonKey, Unreadable
from storage.reaches import ACTIVE
from storage.tables import address, link, person
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class Link:
    """A code that was given out, and in which chat of whom."""

    person: str
    address: str
    until: datetime


async def offer(session: Session, index: str, new: Link) -> None:
    """Keep a code by its HMAC, in place of the one that this person was given before."""
    await session.execute(delete(link).where(link.c.person_id == new.person))
    row = {"index": index, "person_id": new.person, "address_id": new.address, "until": new.until}
    await session.execute(insert(link).values(row))


async def find(session: Session, index: str) -> Link | None:
    """Looked up by the HMAC of the code: how long that takes tells nothing of the codes that there are."""
    query = select(link.c.person_id, link.c.address_id, link.c.until).where(link.c.index == index)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Link(*row)


async def spend(session: Session, index: str) -> bool:
    """A code is used once. False when somebody has used it meanwhile."""
    return bool((await session.execute(delete(link).where(link.c.index == index))).rowcount)


async def prune(session: Session, now: datetime) -> int:
    """Forget the codes that are over."""
    return (await session.execute(delete(link).where(link.c.until <= now))).rowcount


@dataclass(frozen=True, slots=True)
class Chat:
    """One of the chats of a person."""

    id: str
    channel: str
    external: str = field(repr=False)
    """The platform's own id of the person."""
    active: bool
    """Its person can be written to there, and has not said STOP."""
    linked: bool
    """It came to its person by a code."""
    turns: int
    replied: datetime | None
    """Since when its last reply counts as having waited."""


async def chats(session: Session, key: PersonKey) -> list[Chat]:
    """All chats of the person whose key this is, but for one that it does not open: nobody is reached there."""
    columns = (
        address.c.id,
        address.c.channel,
        address.c.external,
        address.c.reach,
        address.c.linked,
        address.c.turns,
        address.c.replied,
    )
    theirs = select(*columns).where(address.c.person_id == key.person).order_by(address.c.id)
    found = [_chat(key, row) for row in await session.execute(theirs)]
    return [chat for chat in found if chat is not None]


def _chat(key: PersonKey, row: Any) -> Chat | None:
    try:
        external = key.open(row.external, address.c.external, row.id)
    except Unreadable:
        return None
    return Chat(row.id, row.channel, external, row.reach == ACTIVE, row.linked, row.turns, row.replied)


async def prefer(session: Session, person_id: str, address_id: str) -> None:
    """What we send of our own accord comes to this chat from now on, while they can be written to there."""
    await session.execute(update(person).where(person.c.id == person_id).values(prefers=address_id))


def told(writes: Writes, chat: Chat, since: datetime) -> int:
    """Write down that a chat is told something that its person did not ask for there; gives the turn that this is."""
    writes.change(address, ("id",), id=chat.id, turns=chat.turns + 1, replied=since)
    return chat.turns + 1
