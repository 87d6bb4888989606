"""The chats to which members of staff have what they write sent as a test, and the numbers that link them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey
from storage.reaches import ACTIVE
from storage.tables import address, person, sender, staff, staff_phone, staff_phone_code


async def offer(session: Session, code_id: str, staff_id: str, until: datetime) -> None:
    """Keep a number by its HMAC, in place of the one that this member of staff was shown before."""
    await session.execute(delete(staff_phone_code).where(staff_phone_code.c.staff_id == staff_id))
    await session.execute(insert(staff_phone_code).values(id=code_id, staff_id=staff_id, until=until))


async def take_code(session: Session, code_id: str, address_id: str, now: datetime) -> bool:
    """Use a number, once: this chat is that member of staff's from now on. False where there is no such number."""
    holds = (staff_phone_code.c.id == code_id, staff_phone_code.c.until > now)
    shown_to = (await session.execute(select(staff_phone_code.c.staff_id).where(*holds))).scalar_one_or_none()
    if shown_to is None:
        return False
    # Whoever ends this member of staff holds them before anything else of theirs, and so do we.
    await session.execute(select(staff.c.id).where(staff.c.id == shown_to).with_for_update(key_share=True))
    if not (await session.execute(delete(staff_phone_code).where(*holds))).rowcount:
        return False
    there = (staff_phone.c.staff_id == shown_to, staff_phone.c.address_id == address_id)
    await session.execute(delete(staff_phone).where(*there))
    new = {"id": fresh(), "staff_id": shown_to, "address_id": address_id, "since": now}
    await session.execute(insert(staff_phone).values(new))
    return True


@dataclass(frozen=True, slots=True)
class LinkedPhone:
    """A chat as its member of staff sees it."""

    id: str
    sender: str
    """The bot or number of ours that it is with."""
    since: datetime
    is_reached: bool
    """It can be written to: nobody said STOP there."""


async def of(session: Session, staff_id: str) -> Sequence[LinkedPhone]:
    """What was linked first comes first."""
    found = (
        select(staff_phone.c.id, address.c.channel, staff_phone.c.since, address.c.reach == ACTIVE)
        .join(address, address.c.id == staff_phone.c.address_id)
        .where(staff_phone.c.staff_id == staff_id)
        .order_by(staff_phone.c.since, staff_phone.c.id)
    )
    return [LinkedPhone(*row) for row in await session.execute(found)]


@dataclass(frozen=True, slots=True)
class ReachedPhone:
    """A chat that can be written to."""

    address: str
    channel: str
    key: PersonKey


async def reached(session: Session, keys: Keyring, process_id: str, staff_id: str) -> Sequence[ReachedPhone]:
    """Theirs that may get something of this process now; whose they are is locked, so that nobody erases them."""
    of_another = select(sender.c.name).where(sender.c.process_id != process_id)
    found = (
        select(address.c.id, address.c.channel, person.c.id.label("person"), person.c.key, person.c.key_epoch)
        .join(staff_phone, staff_phone.c.address_id == address.c.id)
        .join(person, person.c.id == address.c.person_id)
        .where(
            staff_phone.c.staff_id == staff_id,
            address.c.reach == ACTIVE,
            address.c.consented,
            address.c.index.is_not(None),
            address.c.channel.not_in(of_another),
        )
        .order_by(person.c.id, address.c.id)
        .with_for_update(of=[person], read=True, key_share=True)
    )
    return [
        ReachedPhone(row.id, row.channel, keys.unwrap(row.person, row.key, row.key_epoch))
        for row in await session.execute(found)
    ]


async def end(session: Session, staff_id: str, phone_id: str) -> bool:
    """False where they have no such chat."""
    theirs = (staff_phone.c.staff_id == staff_id, staff_phone.c.id == phone_id)
    return bool((await session.execute(delete(staff_phone).where(*theirs))).rowcount)


async def end_at(session: Session, address_id: str) -> bool:
    """This chat is nobody's of the staff from now on. False where it was not."""
    return bool((await session.execute(delete(staff_phone).where(staff_phone.c.address_id == address_id))).rowcount)


async def end_all(session: Session, staff_id: str) -> None:
    """Nothing comes to any chat of theirs, and the number that they were shown links nothing."""
    await session.execute(delete(staff_phone).where(staff_phone.c.staff_id == staff_id))
    await session.execute(delete(staff_phone_code).where(staff_phone_code.c.staff_id == staff_id))


async def prune_codes(session: Session, now: datetime) -> int:
    """Forget the numbers that are over."""
    return (await session.execute(delete(staff_phone_code).where(staff_phone_code.c.until <= now))).rowcount
