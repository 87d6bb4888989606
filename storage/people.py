"""People, and the addresses at which they are reached."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, delete, exists, func, or_, select, update

from storage import exports, statements
from storage._ground.database import Session
from storage.codes import Code
from storage.keys import Keyring, PersonKey, Unreadable
from storage.outbox import deliveries
from storage.tables import (
    MARKS,
    address,
    contribution,
    delivery,
    has_not_agreed,
    is_in_lobby,
    is_under_way,
    membership,
    parked,
    participation,
    person,
    read_back,
    report,
    sits,
    waits,
)
from storage.together import Writes, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person as we first write them down."""

    language: str
    met: date


def add(writes: Writes, keys: Keyring, key: PersonKey, newcomer: Newcomer) -> None:
    """Write down the person whose key this is."""
    writes.insert(
        person,
        id=key.person,
        key=keys.wrap(key),
        key_epoch=keys.epoch,
        language=newcomer.language,
        met=newcomer.met,
    )


def speak(writes: Writes, key: PersonKey, language: str) -> None:
    """Write down the language in which they are written to from now on."""
    writes.change(person, ("id",), id=key.person, language=language)


async def erase(session: Session, person_id: str) -> None:
    """Delete a person: the key, every address, every word. What stays are counts that belong to nobody."""
    # A transaction that writes something for this person right now ends first, so that this is erased with the rest.
    await session.execute(select(person.c.id).where(person.c.id == person_id).with_for_update())
    indexes = select(address.c.index).where(address.c.person_id == person_id)
    await session.execute(delete(parked).where(parked.c.index.in_(indexes)))
    theirs = select(delivery.c.id).where(delivery.c.person_id == person_id)
    await session.execute(delete(report).where(report.c.delivery_id.in_(theirs)))
    await session.execute(delete(read_back).where(read_back.c.delivery_id.in_(theirs)))
    emptied = deliveries.emptied(Code.FORGOTTEN, func.current_date())
    await session.execute(update(delivery).where(delivery.c.person_id == person_id).values(emptied))
    left = (
        update(contribution)
        .where(contribution.c.person_id == person_id)
        .values(dict.fromkeys(("person_id", "words", "voice", "recording_id", "address_id", *MARKS)))
        .returning(contribution.c.process_id)
    )
    await exports.begin_anew(session, set((await session.execute(left)).scalars()))
    await statements.erase_words_of(session, person_id)
    await session.execute(delete(person).where(person.c.id == person_id))


async def strangers(session: Session, now: datetime) -> list[str]:
    """People who were forgotten and whose last message has left, or never will."""
    may_leave = or_(delivery.c.not_after.is_(None), delivery.c.not_after > now)
    to_come = or_(is_under_way(delivery), and_(waits(delivery), may_leave))
    waiting = exists().where(delivery.c.person_id == address.c.person_id, to_come)
    gone = select(address.c.person_id).distinct().where(address.c.index.is_(None), ~waiting)
    return list((await session.execute(gone)).scalars())


async def never_agreed(session: Session, before: datetime, most: int) -> list[str]:
    """Up to `most` people who have agreed to nothing and have written nothing since then; they are locked."""
    elsewhere = participation.alias("elsewhere")
    wrote = exists().where(address.c.person_id == person.c.id, address.c.spoke >= before)
    takes_part = exists().where(elsewhere.c.person_id == person.c.id, ~has_not_agreed(elsewhere))
    silent = (
        select(person.c.id)
        .join(participation, participation.c.person_id == person.c.id)
        .where(has_not_agreed(participation), participation.c.joined < before.date(), ~wrote, ~takes_part)
    )
    # A person who is being heard at this moment is locked and passed over. The second query leaves out who wrote before
    # we had the lock.
    locked = silent.order_by(participation.c.joined).limit(most).with_for_update(of=[person], skip_locked=True)
    ids = list(dict.fromkeys((await session.execute(locked)).scalars()))
    return list((await session.execute(silent.where(person.c.id.in_(ids)).distinct())).scalars()) if ids else []


async def never_entered(session: Session, before: datetime, most: int) -> list[str]:
    """Up to `most` people who have gone into no process and have written nothing since then; they are locked."""
    takes_part = exists().where(participation.c.person_id == person.c.id)
    elsewhere = address.alias("elsewhere")
    wrote = exists().where(elsewhere.c.person_id == person.c.id, elsewhere.c.spoke >= before)
    silent = (
        select(person.c.id)
        .join(address, address.c.person_id == person.c.id)
        .where(is_in_lobby(address), address.c.spoke < before, ~wrote, ~takes_part)
    )
    # As above: who is being heard at this moment is passed over, and who wrote before we had the lock is left out.
    locked = silent.order_by(address.c.spoke).limit(most).with_for_update(of=[person], skip_locked=True)
    ids = list(dict.fromkeys((await session.execute(locked)).scalars()))
    return list((await session.execute(silent.where(person.c.id.in_(ids)).distinct())).scalars()) if ids else []


async def members(session: Session, process_id: str) -> list[str]:
    """Everyone who sits on any council of the process."""
    theirs = select(membership.c.person_id).distinct().where(membership.c.process_id == process_id, sits)
    return list((await session.execute(theirs.order_by(membership.c.person_id))).scalars())


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How far a change of the wrapping key has come."""

    last: str
    """The last person whose key was looked at, in the order of ids."""
    number: int
    unreadable: int
    """Keys that none of ours opens: they are left as they are."""


async def rewrap(session: Session, keys: Keyring, after: str, most: int) -> Rewrapped | None:
    """Wrap anew, by the current epoch's key, up to `most` people's keys that another one wraps; None: nobody is left.

    In the order of ids from `after` on, and only in rows that are there: a person who is forgotten meanwhile stays so.
    """
    rows = (
        await session.execute(
            select(person.c.id, person.c.key, person.c.key_epoch)
            .where(person.c.id > after, person.c.key_epoch != keys.epoch)
            .order_by(person.c.id)
            .limit(most)
            .with_for_update(key_share=True)
        )
    ).all()
    if not rows:
        return None
    writes, unreadable = Writes(), 0
    for row in rows:
        try:
            key = keys.unwrap(row.id, row.key, row.key_epoch)
        except Unreadable:
            unreadable += 1
        else:
            writes.change(person, ("id",), id=row.id, key=keys.wrap(key), key_epoch=keys.epoch)
    await write(session, writes)
    return Rewrapped(rows[-1].id, len(rows) - unreadable, unreadable)


async def in_other_epochs(session: Session, keys: Keyring) -> int:
    """How many people's keys are not wrapped by the current epoch's key."""
    query = select(func.count()).where(person.c.key_epoch != keys.epoch)
    return (await session.execute(query)).scalar_one()
