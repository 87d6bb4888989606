"""What the platforms have told us already, and what of it our own code failed on."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from storage._ground.database import Session
from storage.keys import Box, Keyring, Unreadable
from storage.tables import event, parked
from storage.together import Writes


def name(keys: Keyring, channel: str, event_id: str) -> str:
    """What an event is remembered by: a keyed hash, for the platform's own id leads to the person there."""
    return keys.index(f"event {channel}", event_id)[:32]


def remember(writes: Writes, event_name: str, today: date) -> None:
    """Write down that this event was taken; the same event again conflicts with it."""
    writes.insert(event, id=event_name, seen=today)


@dataclass(frozen=True, slots=True)
class NewParked:
    """A message that our code failed on, to be kept for a human to look at."""

    id: str
    """The name of the event that it came by."""
    channel: str
    index: str
    """How the address is looked up that it came from."""
    body: str = field(repr=False)
    fault: str
    """The kind of error."""
    at: datetime


async def park(session: Session, keys: Keyring, new: NewParked) -> None:
    """Keep a message, sealed."""
    body = keys.seal(new.body, parked.c.body, new.id)
    await session.execute(
        insert(parked).values(id=new.id, channel=new.channel, index=new.index, body=body, fault=new.fault, at=new.at)
    )


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that waits for a human, without its words."""

    id: str
    channel: str
    fault: str
    at: datetime


async def waiting(session: Session) -> list[Parked]:
    rows = await session.execute(
        select(parked.c.id, parked.c.channel, parked.c.fault, parked.c.at).order_by(parked.c.at)
    )
    return [Parked(*row) for row in rows]


async def read_parked(session: Session, keys: Keyring, event_name: str) -> str | None:
    """The message itself."""
    body = (await session.execute(select(parked.c.body).where(parked.c.id == event_name))).scalar_one_or_none()
    return None if body is None else keys.open(body, parked.c.body, event_name)


async def prune(session: Session, before: datetime) -> int:
    """Forget events older than any platform repeats them."""
    return (await session.execute(delete(event).where(event.c.seen < before.date()))).rowcount


async def drop_parked(session: Session, before: datetime) -> int:
    """Erase messages that nobody has taken up; gives how many."""
    return (await session.execute(delete(parked).where(parked.c.at < before))).rowcount


async def reseal(session: Session, keys: Keyring) -> int:
    """Seal anew, by the current epoch's key, every parked message that another one sealed; gives how many those are."""
    others = await _in_other_epochs(session, keys)
    for event_name, body in others.items():
        with suppress(Unreadable):  # what no key opens is left as it is
            sealed = keys.seal(keys.open(body, parked.c.body, event_name), parked.c.body, event_name)
            await session.execute(update(parked).where(parked.c.id == event_name).values(body=sealed))
    return len(others)


async def in_other_epochs(session: Session, keys: Keyring) -> int:
    """How many parked messages are not sealed by the current epoch's key."""
    return len(await _in_other_epochs(session, keys))


async def _in_other_epochs(session: Session, keys: Keyring) -> dict[str, Box]:
    """A box does not tell its epoch: the current key is tried. There are few, each waits for a human."""
    current = Keyring({keys.epoch: keys.wrapping[keys.epoch]}, keys.index_key)
    others: dict[str, Box] = {}
    for row in await session.execute(select(parked.c.id, parked.c.body)):
        try:
            current.open(row.body, parked.c.body, row.id)
        except Unreadable:
            others[row.id] = row.body
    return others
