"""A chat that was linked with others becomes a person of its own, for what comes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, select, update

from storage._ground.database import Session
from storage._ground.ids import fresh
from storage._ground.members import bound
from storage.codes import Code
from storage.keys import Keyring, PersonKey
from storage.reaches import ACTIVE
from storage.states import State
from storage.tables import (
    address,
    broadcast,
    contribution,
    delivery,
    link,
    participation,
    person,
    proposal,
    sender,
    waits,
)
from storage.together import Writes, write


async def part(session: Session, keys: Keyring, of: PersonKey, address_id: str, now: datetime) -> PersonKey:
    """Make this chat of a person one of its own; gives the key of who that is.

    They take part where they agreed to at this address, and have not said where they live. What was given stays with
    the other chats, with the seat, the vote, and what waits of a broadcast. The person is locked.
    """
    alone = keys.new(fresh())
    await _add(session, keys, of, alone)
    await _take_part(session, of, alone, address_id, now.date())
    await session.execute(delete(link).where(link.c.address_id == address_id))
    await _leave_what_was_given(session, address_id)
    await _leave_what_waits(session, of, address_id, now)
    await _take_the_rest(session, of, alone, address_id)
    await _take_the_chat(session, of, alone, address_id)
    return alone


async def _add(session: Session, keys: Keyring, of: PersonKey, alone: PersonKey) -> None:
    row = (await session.execute(select(person.c.language, person.c.met).where(person.c.id == of.person))).one()
    new = {"id": alone.person, "key": keys.wrap(alone), "key_epoch": keys.epoch}
    await session.execute(insert(person).values(new | {"language": row.language, "met": row.met}))


async def _take_part(session: Session, of: PersonKey, alone: PersonKey, address_id: str, today: date) -> None:
    """In the process that this chat is in, if they agreed there at this address."""
    leads = func.coalesce(sender.c.process_id, address.c.process_id)
    is_theirs = and_(participation.c.person_id == of.person, participation.c.process_id == leads)
    query = (
        select(leads.label("process"), address.c.consented, participation.c.consent, participation.c.consented)
        .select_from(address.outerjoin(sender, sender.c.name == address.c.channel).outerjoin(participation, is_theirs))
        .where(address.c.id == address_id, leads.is_not(None))
    )
    for process, agreed_here, consent, takes_part in await session.execute(query):
        agreed = agreed_here and takes_part and consent is not None
        new = {
            "process_id": process,
            "person_id": alone.person,
            "region": "",
            "consented": agreed,
            "consent": of.hand_over(consent, participation.c.consent, process, alone) if agreed else None,
            "joined": today,
        }
        await session.execute(insert(participation).values(new))


async def _leave_what_was_given(session: Session, address_id: str) -> None:
    """Its response is for the other chats now."""
    theirs = update(contribution).where(contribution.c.address_id == address_id)
    await session.execute(theirs.values(address_id=None))
    await session.execute(update(proposal).where(proposal.c.address_id == address_id).values(address_id=None))
    await session.execute(update(person).where(person.c.prefers == address_id).values(prefers=None))


async def _leave_what_waits(session: Session, of: PersonKey, address_id: str, now: datetime) -> None:
    """What waits of a broadcast goes to the chat of the others from which they wrote last, or nowhere."""
    its_process = (
        select(broadcast.c.process_id)
        .where(broadcast.c.id == delivery.c.broadcast_id)
        .correlate(delivery)
        .scalar_subquery()
    )
    of_another = select(sender.c.name).where(sender.c.process_id != its_process)
    other = (
        select(address.c.id, address.c.channel)
        .where(
            address.c.person_id == of.person,
            address.c.id != address_id,
            address.c.reach == ACTIVE,
            address.c.consented,
            address.c.channel.not_in(of_another),
        )
        .order_by(address.c.spoke.desc(), address.c.id)
        .limit(1)
        .correlate(delivery)
    )
    target: Any = other.with_only_columns(address.c.id).scalar_subquery()
    channel: Any = other.with_only_columns(address.c.channel).scalar_subquery()
    theirs = (delivery.c.person_id == of.person, delivery.c.address_id == address_id)
    await session.execute(
        update(delivery)
        .where(*theirs, delivery.c.broadcast_id.is_not(None), waits(delivery))
        .values(
            address_id=func.coalesce(target, address_id),
            channel=func.coalesce(channel, delivery.c.channel),
            state=case((target.is_(None), bound(State.CANCELLED)), else_=bound(State.QUEUED)),
            code=case((target.is_(None), bound(Code.GONE))),
            ended=case((target.is_(None), now.date())),
        )
    )


async def _take_the_rest(session: Session, of: PersonKey, alone: PersonKey, address_id: str) -> None:
    """Replies, and what has left: only who is reached there can say what became of it."""
    theirs = (delivery.c.person_id == of.person, delivery.c.address_id == address_id)
    bodies = select(delivery.c.id, delivery.c.body).where(*theirs, delivery.c.body.is_not(None))
    writes = Writes()
    for row in await session.execute(bodies):
        body = of.hand_over(row.body, delivery.c.body, row.id, alone)
        writes.change(delivery, ("id",), id=row.id, body=body)
    await session.execute(update(delivery).where(*theirs).values(person_id=alone.person))
    await write(session, writes)


async def _take_the_chat(session: Session, of: PersonKey, alone: PersonKey, address_id: str) -> None:
    """Without the conversation under way: it was with somebody who had given something."""
    row = (await session.execute(select(address.c.external).where(address.c.id == address_id))).scalar_one()
    external = of.hand_over(row, address.c.external, address_id, alone)
    theirs = update(address).where(address.c.id == address_id)
    await session.execute(theirs.values(person_id=alone.person, external=external, talk=None, linked=False))
    several = select(func.count() > 1).where(address.c.person_id == of.person).scalar_subquery()
    await session.execute(update(person).where(person.c.id == of.person).values(linked=several))
