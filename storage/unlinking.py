"""What joins people and their votes is destroyed when a round closes."""

from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select, update

from storage._ground.database import Session
from storage._ground.ids import batches
from storage.states import State
from storage.tables import (
    address,
    ballot,
    delivery,
    is_to_come,
    is_under_way,
    person,
    read_back,
    report,
    roll,
    round_key,
    waits,
)
from storage.tables import round as round_
from storage.together import Writes

SCRUBBED = (round_key.name, ballot.name, roll.name, read_back.name)
"""The tables in which nothing deleted may stay, for it would tell who chose what."""
COUNTED = "counted"
"""The code of a reply with somebody's ballot that had not left when the round closed."""


def will_read_back(writes: Writes, delivery_id: str, round_id: str) -> None:
    """Write down that this reply tells its person of their ballot in a round that is open."""
    writes.insert(read_back, delivery_id=delivery_id, round_id=round_id)


async def destroy(session: Session, round_id: str, now: datetime) -> None:
    """Destroy the key of a round that closes, its ballots, whose each was, and what was told of them.

    Of the roll stays whether each has voted, written anew in random order: on PostgreSQL a row that is changed moves
    behind all others, so that the rows stood as people had voted.
    """
    await session.execute(delete(round_key).where(round_key.c.round_id == round_id))
    await session.execute(delete(ballot).where(ballot.c.round_id == round_id))
    of_round = roll.c.round_id == round_id
    kept = (roll.c.round_id, roll.c.person_id, roll.c.voted, roll.c.disputed)
    # A person who is being erased at this moment is not written again.
    there = select(*kept).join(person, person.c.id == roll.c.person_id).where(of_round)
    rows = [
        dict(row)
        for row in (await session.execute(there.with_for_update(of=[person], read=True, key_share=True))).mappings()
    ]
    SystemRandom().shuffle(rows)
    await session.execute(delete(roll).where(of_round))
    if rows:
        await session.execute(insert(roll), rows)
    await erase_read_back(session, now, [round_id])


async def erase_read_back(session: Session, now: datetime, round_ids: Sequence[str] | None = None) -> int:
    """Erase the texts of the replies with ballots of rounds that closed, and the platform's ids of them.

    What has not left does not leave. What is leaving at this moment is erased the next time. Without ids: of every
    round that has closed, with the talks in which a ballot was being filled in; and what has not left stays, for it was
    said after the close.
    """
    if round_ids is None:
        await _end_talks(session)
    closed = select(round_.c.id).where(round_.c.closed.is_not(None))
    of_rounds = read_back.c.round_id.in_(closed if round_ids is None else round_ids)
    is_leaving = exists().where(delivery.c.id == read_back.c.delivery_id, is_under_way(delivery))
    if round_ids is None:
        is_leaving = exists().where(delivery.c.id == read_back.c.delivery_id, is_to_come(delivery))
    names = set((await session.execute(select(read_back.c.delivery_id).where(of_rounds, ~is_leaving))).scalars())
    for some in batches(sorted(names)):
        theirs = delivery.c.id.in_(some)
        await session.execute(delete(report).where(report.c.delivery_id.in_(some)))
        cancelled = {"state": State.CANCELLED, "code": COUNTED, "ended": now.date()}
        await session.execute(update(delivery).where(theirs, waits(delivery)).values(cancelled))
        erased = {"body": None, "provider_id": None}
        await session.execute(update(delivery).where(theirs, ~is_under_way(delivery)).values(erased))
        erased_now = (of_rounds, read_back.c.delivery_id.in_(some), ~_is_in_a_talk())
        await session.execute(delete(read_back).where(*erased_now))
    return len(names)


async def _end_talks(session: Session) -> None:
    """End the talks that stand where a ballot was read back: one that was not confirmed is among the answers.

    Nobody waits for a turn that is being taken: it is looked at the next time.
    """
    closed = select(round_.c.id).where(round_.c.closed.is_not(None))
    theirs = (
        select(address.c.id)
        .join(delivery, and_(delivery.c.address_id == address.c.id, delivery.c.turn == address.c.turns))
        .join(read_back, read_back.c.delivery_id == delivery.c.id)
        .where(read_back.c.round_id.in_(closed), address.c.talk.is_not(None))
        .with_for_update(of=[address], skip_locked=True)
    )
    names = set((await session.execute(theirs)).scalars())
    for some in batches(sorted(names)):
        await session.execute(update(address).where(address.c.id.in_(some)).values(talk=None))


def _is_in_a_talk() -> ColumnElement[bool]:
    """The reply is the last in a chat whose talk goes on."""
    newest = and_(delivery.c.address_id == address.c.id, delivery.c.turn == address.c.turns)
    return exists().where(newest, delivery.c.id == read_back.c.delivery_id, address.c.talk.is_not(None))
