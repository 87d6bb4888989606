"""Ballots of an open round: apart from the people who cast them, sealed by the round's own key."""

from collections.abc import Collection
from datetime import datetime
from random import SystemRandom
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update

from storage import round_keys
from storage._ground.database import Session
from storage._ground.ids import batches, fresh
from storage.keys import Box, Keyring, RoundKey
from storage.round_keys import Ballot, packed
from storage.tables import ballot, roll, round_key
from storage.tables import round as round_

__all__ = ["Ballot"]


async def cast(session: Session, keys: Keyring, who: str, round_id: str, filled_in: Ballot, now: datetime) -> bool:
    """Keep a person's ballot in place of their last. False when it is too late, or they are not on the roll.

    The row of the round is locked against a closing at the same instant, that of the roll against the same person's
    other chats.
    """
    still = await session.execute(
        select(round_.c.id)
        .where(round_.c.id == round_id, round_.c.closed.is_(None), round_.c.closes > now)
        .with_for_update(read=True)
    )
    if still.one_or_none() is None:
        return False
    key = await round_keys.made(session, keys, round_id)
    theirs = (roll.c.round_id == round_id, roll.c.person_id == who)
    row = (await session.execute(select(roll.c.link).where(*theirs).with_for_update())).one_or_none()
    if row is None:
        return False
    if row.link is not None:
        await _drop(session, round_id, [_followed(key, row.link, who)])
    name = fresh()
    content = key.seal(packed(filled_in), ballot.c.content, name)
    await session.execute(insert(ballot).values(id=name, round_id=round_id, content=content))
    await session.execute(update(roll).where(*theirs).values(voted=True, link=key.seal(name, roll.c.link, who)))
    return True


async def ballot_of(session: Session, keys: Keyring, who: str, round_id: str) -> Ballot | None:
    """What this person filled in last; None: nothing, or the round is closed."""
    theirs = (roll.c.round_id == round_id, roll.c.person_id == who, roll.c.voted, round_.c.closed.is_(None))
    cast = select(roll.c.person_id).join(round_, round_.c.id == roll.c.round_id).where(*theirs)
    if (await session.execute(cast)).one_or_none() is None:
        return None
    key = await round_keys.made(session, keys, round_id)
    link = (await session.execute(select(roll.c.link).where(*theirs[:2]))).scalar_one_or_none()
    return None if link is None else await _opened(session, key, _followed(key, link, who))


async def ballots(session: Session, keys: Keyring, round_id: str) -> list[Ballot]:
    """The ballots to which the roll of an open round leads, in no order that means anything.

    One to which it does not is of somebody who left, or was forgotten.
    """
    key = await round_keys.made(session, keys, round_id)
    names = await _on_roll(session, key)
    rows = await session.execute(select(ballot.c.id, ballot.c.content).where(ballot.c.round_id == round_id))
    cast = [_unpacked(key, row) for row in rows if row.id in names]
    SystemRandom().shuffle(cast)
    return cast


async def drop_unlinked(session: Session, keys: Keyring) -> int:
    """Throw away, in every open round, the ballots of people who left or were forgotten; gives how many."""
    of_round = ballot.c.round_id == round_key.c.round_id
    cast = select(func.count()).select_from(ballot).where(of_round).scalar_subquery()
    voted = (roll.c.round_id == round_key.c.round_id, roll.c.link.is_not(None))
    linked = select(func.count()).select_from(roll).where(*voted).scalar_subquery()
    too_many = list((await session.execute(select(round_key.c.round_id).where(cast > linked))).scalars())
    dropped = 0
    for round_id in sorted(too_many):
        locked = await session.execute(select(round_.c.id).where(round_.c.id == round_id).with_for_update())
        key = await round_keys.there(session, keys, round_id) if locked.one_or_none() is not None else None
        if key is None:
            continue
        rows = (await session.execute(select(ballot.c.id).where(ballot.c.round_id == round_id))).scalars().all()
        gone = set(rows) - await _on_roll(session, key)
        await _drop(session, round_id, gone)
        dropped += len(gone)
    return dropped


async def join(session: Session, keys: Keyring, first: str, second: str) -> None:
    """One place on each roll for two who are one person, and all rounds locked.

    In an open round the ballot that was cast later counts; a closed one stays as it was counted.
    """
    for round_id in await _voted_in(session, second):
        await round_keys.made(session, keys, round_id)
    rows = (await session.execute(select(roll).where(roll.c.person_id.in_((first, second))))).all()
    ours = {row.round_id: row for row in rows if row.person_id == first}
    for theirs in rows:
        if theirs.person_id == second:
            await _join_roll(session, keys, first, ours.get(theirs.round_id), theirs)


async def _on_roll(session: Session, key: RoundKey) -> set[str]:
    """The names of the ballots to which the roll leads."""
    links = select(roll.c.person_id, roll.c.link).where(roll.c.round_id == key.round, roll.c.link.is_not(None))
    return {_followed(key, row.link, row.person_id) for row in await session.execute(links)}


def _followed(key: RoundKey, link: Box, who: str) -> str:
    return key.open(link, roll.c.link, who)


async def _opened(session: Session, key: RoundKey, name: str) -> Ballot | None:
    theirs = select(ballot.c.id, ballot.c.content).where(ballot.c.round_id == key.round, ballot.c.id == name)
    row = (await session.execute(theirs)).one_or_none()
    return None if row is None else _unpacked(key, row)


def _unpacked(key: RoundKey, row: Any) -> Ballot:
    return msgspec.json.decode(key.open(row.content, ballot.c.content, row.id), type=Ballot)


async def _drop(session: Session, round_id: str, names: Collection[str]) -> None:
    for some in batches(sorted(names)):
        await session.execute(delete(ballot).where(ballot.c.round_id == round_id, ballot.c.id.in_(some)))


async def _voted_in(session: Session, who: str) -> list[str]:
    """The open rounds in which there is a ballot of theirs."""
    theirs = (roll.c.person_id == who, roll.c.voted, round_.c.closed.is_(None))
    rows = select(roll.c.round_id).join(round_, round_.c.id == roll.c.round_id).where(*theirs)
    return list((await session.execute(rows.order_by(roll.c.round_id))).scalars())


async def _join_roll(session: Session, keys: Keyring, first: str, mine: Any, theirs: Any) -> None:
    round_id = theirs.round_id
    kept = {"voted": theirs.voted, "disputed": theirs.disputed, "link": None}
    links = {row.person_id: row.link for row in (mine, theirs) if row is not None and row.link is not None}
    if mine is not None:
        kept |= {"voted": mine.voted or theirs.voted, "disputed": mine.disputed or theirs.disputed}
    if links:
        key = await round_keys.made(session, keys, round_id)
        names = [_followed(key, link, who) for who, link in links.items()]
        cast = {name: found.cast for name in names if (found := await _opened(session, key, name)) is not None}
        stays = max(names, key=lambda name: (cast.get(name, ""), name == names[0]))
        await _drop(session, round_id, [name for name in names if name != stays])
        kept["link"] = key.seal(stays, roll.c.link, first)
    place = (roll.c.round_id == round_id, roll.c.person_id == theirs.person_id)
    if mine is None:
        await session.execute(update(roll).where(*place).values(kept | {"person_id": first}))
        return
    await session.execute(delete(roll).where(*place))
    of_first = update(roll).where(roll.c.round_id == round_id, roll.c.person_id == first)
    await session.execute(of_first.values(kept))
