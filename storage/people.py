"""People, and the addresses at which they are reached."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, delete, exists, func, insert, select, update

from storage.database import Session
from storage.tables import (
    OPTED_OUT,
    address,
    contribution,
    delivery,
    invitation,
    is_to_come,
    is_under_way,
    member,
    parked,
    person,
    report,
    waits,
)


async def erase(session: Session, who: str) -> None:
    """Delete a person: the key, every address, every word. What stays are counts that belong to nobody."""
    # Whoever is writing something for this person right now finishes first, so that it is erased with the rest.
    await session.execute(select(person.c.id).where(person.c.id == who).with_for_update())
    indexes = select(address.c.index).where(address.c.person_id == who)
    await session.execute(delete(parked).where(parked.c.index.in_(indexes)))
    theirs = select(delivery.c.id).where(delivery.c.person_id == who)
    await session.execute(delete(report).where(report.c.delivery_id.in_(theirs)))
    await session.execute(
        update(delivery)
        .where(delivery.c.person_id == who)
        .values(
            state=case((waits(delivery), "cancelled"), (is_under_way(delivery), "unknown"), else_=delivery.c.state),
            code=case((is_to_come(delivery), "forgotten"), else_=delivery.c.code),
            person_id=None,
            address_id=None,
            body=None,
            provider_id=None,
            owner=None,
            lease=None,
        )
    )
    await session.execute(
        update(contribution).where(contribution.c.person_id == who).values(person_id=None, words=None, voice=None)
    )
    await session.execute(delete(person).where(person.c.id == who))


async def reach(session: Session, address_id: str, state: str) -> None:
    """A platform says whether this address can be written to. It does not undo what the person said: STOP stays."""
    found = update(address).where(address.c.id == address_id, address.c.reach != OPTED_OUT)
    await session.execute(found.values(reach=state))


async def strangers(session: Session) -> list[str]:
    """People who were forgotten and whose last message has left, or never will."""
    waiting = exists().where(delivery.c.person_id == address.c.person_id, is_to_come(delivery))
    gone = select(address.c.person_id).distinct().where(address.c.index.is_(None), ~waiting)
    return list((await session.execute(gone)).scalars())


@dataclass(frozen=True, slots=True)
class Heard:
    """How many people there are, by language and channel."""

    language: str
    channel: str
    people: int


async def heard(session: Session) -> list[Heard]:
    rows = await session.execute(
        select(person.c.language, address.c.channel, func.count())
        .join(address, address.c.person_id == person.c.id)
        .where(person.c.consented, address.c.index.is_not(None))
        .group_by(person.c.language, address.c.channel)
        .order_by(person.c.language, address.c.channel)
    )
    return [Heard(*row) for row in rows]


async def invite(session: Session, code: str, process_id: str, today: date) -> None:
    """Keep an invitation to the council; `code` is its HMAC, never the words that are handed out."""
    await session.execute(insert(invitation).values(id=code, process_id=process_id, made=today))


async def seat(session: Session, code: str, who: str, today: date) -> bool:
    """Make a person a member of the council. False when the invitation was used or never made."""
    taken = await session.execute(delete(invitation).where(invitation.c.id == code).returning(invitation.c.id))
    if taken.one_or_none() is None:
        return False
    already = (await session.execute(select(member.c.person_id).where(member.c.person_id == who))).one_or_none()
    if already is None:
        await session.execute(insert(member).values(person_id=who, since=today))
    return True


async def members(session: Session) -> list[str]:
    """Everyone who sits on the council."""
    return list((await session.execute(select(member.c.person_id).order_by(member.c.person_id))).scalars())
