"""The keys of open rounds: made for the first ballot, destroyed when the round closes."""

from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Column, MetaData, Table, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.columns import Sealed
from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.ballot_codes import new_code
from storage.keys import Box, Keyring, PersonKey, RoundKey, Unreadable
from storage.tables import ballot, person, roll, round_key

_before = Table("ballot", MetaData(), Column("matters", Sealed(1024)), Column("cast", Sealed(64)))
"""Where the ballots stood that were sealed by their people's keys: they open in no other place."""


class Ballot(Struct, frozen=True):
    """What one person filled in, as the round's rule packs it, and the code by which they find it counted."""

    filled_in: str
    code: str
    cast: str
    """When, in ISO 8601: of two chats that are linked the later ballot counts."""

    def __repr__(self) -> str:
        return "Ballot()"


def packed(filled_in: Ballot) -> str:
    """As it is sealed."""
    return msgspec.json.encode(filled_in).decode()


async def made(session: Session, keys: Keyring, round_id: str) -> RoundKey:
    """The key of an open round, made for its first ballot. What was cast before there were such keys is taken over."""
    known = await there(session, keys, round_id)
    if known is not None:
        return known
    key = RoundKey.new(round_id)
    add = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(round_key)
    row = {"round_id": round_id, "key": key.sealed_by(keys, round_key.c.key)}
    adding = add.values(row).on_conflict_do_nothing().returning(round_key.c.round_id)
    if (await session.execute(adding)).one_or_none() is None:
        known = await there(session, keys, round_id)
        if known is None:
            raise Unreadable
        return known
    await _take_over(session, keys, key)
    return key


async def there(session: Session, keys: Keyring, round_id: str) -> RoundKey | None:
    """None: nobody has voted yet, or the round is closed."""
    box = (await session.execute(select(round_key.c.key).where(round_key.c.round_id == round_id))).scalar_one_or_none()
    return None if box is None else RoundKey.opened(keys, box, round_key.c.key, round_id)


async def _take_over(session: Session, keys: Keyring, key: RoundKey) -> None:
    columns = (roll.c.person_id, roll.c.matters, roll.c.cast, person.c.key, person.c.key_epoch)
    old = select(*columns).join(person, person.c.id == roll.c.person_id)
    old = old.where(roll.c.round_id == key.round, roll.c.matters.is_not(None)).order_by(func.random())
    for row in (await session.execute(old)).all():
        with suppress(Unreadable):  # what no key opens is counted by nobody
            content = key.seal(packed(_of_before(keys, key.round, row)), ballot.c.content, name := fresh())
            await session.execute(insert(ballot).values(id=name, round_id=key.round, content=content))
            theirs = update(roll).where(roll.c.round_id == key.round, roll.c.person_id == row.person_id)
            await session.execute(theirs.values(link=key.seal(name, roll.c.link, row.person_id)))
    gone = update(roll).where(roll.c.round_id == key.round, or_(roll.c.matters.is_not(None), roll.c.cast.is_not(None)))
    await session.execute(gone.values(matters=None, cast=None))


def _of_before(keys: Keyring, round_id: str, row: Any) -> Ballot:
    whose: PersonKey = keys.unwrap(row.person_id, row.key, row.key_epoch)
    moment = "" if row.cast is None else whose.open(row.cast, _before.c.cast, round_id)
    return Ballot(whose.open(row.matters, _before.c.matters, round_id), new_code(), moment)


async def reseal(session: Session, keys: Keyring) -> int:
    """Seal anew, by the current epoch's key, the key of every open round that another one sealed; gives how many."""
    others = await _in_other_epochs(session, keys)
    for round_id, box in others.items():
        with suppress(Unreadable):  # what no key opens is left as it is
            again = RoundKey.opened(keys, box, round_key.c.key, round_id).sealed_by(keys, round_key.c.key)
            # A round that has closed meanwhile has none.
            await session.execute(update(round_key).where(round_key.c.round_id == round_id).values(key=again))
    return len(others)


async def in_other_epochs(session: Session, keys: Keyring) -> int:
    """How many keys of rounds are not sealed by the current epoch's key."""
    return len(await _in_other_epochs(session, keys))


async def _in_other_epochs(session: Session, keys: Keyring) -> dict[str, Box]:
    """A box does not tell its epoch: the current key is tried. There are as many as there are open rounds."""
    current = Keyring({keys.epoch: keys.wrapping[keys.epoch]}, keys.index_key)
    others: dict[str, Box] = {}
    for row in await session.execute(select(round_key.c.round_id, round_key.c.key)):
        try:
            RoundKey.opened(current, row.key, round_key.c.key, row.round_id)
        except Unreadable:
            others[row.round_id] = row.key
    return others
