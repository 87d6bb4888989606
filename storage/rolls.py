"""The roll of a round: who may vote in it, however many they are."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, literal, select, update

from storage._ground.database import Session
from storage.states import Roll
from storage.tables import contribution, membership, participation, person, seat, sits
from storage.tables import roll as roll_
from storage.tables import round as round_


async def freeze(session: Session, round_id: str, process_id: str, roll: Roll, council_id: str = "") -> None:
    """Put everybody on the roll who may vote as things are now, in one statement, however many they are.

    They are locked, so that nobody is erased meanwhile.
    """
    people = _who_may(process_id, roll, council_id).with_for_update(of=[person], read=True, key_share=True).subquery()
    rows = select(literal(round_id), people.c.id)
    await session.execute(insert(roll_).from_select(["round_id", "person_id"], rows))


async def size(session: Session, process_id: str, roll: Roll, council_id: str = "") -> int:
    """How many would be on it now."""
    people = _who_may(process_id, roll, council_id).subquery()
    return (await session.execute(select(func.count()).select_from(people))).scalar_one()


async def missing(session: Session, process_id: str, round_id: str, council_id: str) -> Sequence[str]:
    """The seats whose members a roll of this council lacks, in an order that tells nothing.

    Of who sits on several, one: each is told once.
    """
    its = func.min(membership.c.seat_id)
    lacks = _lacking(process_id, round_id).with_only_columns(its).group_by(membership.c.person_id)
    if council_id:
        lacks = lacks.where(seat.c.council_id == council_id)
    return list((await session.execute(lacks.order_by(its))).scalars())


async def put_on(session: Session, process_id: str, round_id: str, seats: Collection[str]) -> int:
    """Put on the roll who sits on these seats and is not on it; gives how many these are. They are locked."""
    who = _lacking(process_id, round_id).with_only_columns(membership.c.person_id).distinct()
    people = select(person.c.id).where(person.c.id.in_(who.where(membership.c.seat_id.in_(seats))))
    locked = people.with_for_update(read=True, key_share=True)
    found = list((await session.execute(locked.order_by(person.c.id))).scalars())
    if found:
        await session.execute(insert(roll_), [{"round_id": round_id, "person_id": name} for name in found])
        its = update(round_).where(round_.c.id == round_id, round_.c.process_id == process_id)
        await session.execute(its.values(added=round_.c.added + len(found)))
    return len(found)


def _lacking(process_id: str, round_id: str) -> Select[Any]:
    """The seats of a process that are taken by somebody whom the roll lacks."""
    on_it = select(roll_.c.person_id).where(roll_.c.round_id == round_id)
    return (
        select(membership.c.seat_id)
        .join(seat, seat.c.id == membership.c.seat_id)
        .where(membership.c.process_id == process_id, sits, membership.c.person_id.not_in(on_it))
    )


def _who_may(process_id: str, roll: Roll, council_id: str) -> Select[Any]:
    """`council_id`: of a council's roll; "" for whoever sits on any of the process."""
    if roll is Roll.COUNCIL:
        members = select(membership.c.person_id).where(membership.c.process_id == process_id, sits)
        if council_id:
            there = select(seat.c.id).where(seat.c.process_id == process_id, seat.c.council_id == council_id)
            members = members.where(membership.c.seat_id.in_(there))
        return select(person.c.id).where(person.c.id.in_(members))
    takes_part = select(person.c.id).join(participation, participation.c.person_id == person.c.id)
    takes_part = takes_part.where(participation.c.process_id == process_id, participation.c.consented)
    if roll is Roll.EVERYBODY:
        return takes_part
    gave = select(contribution.c.person_id).where(
        contribution.c.process_id == process_id, contribution.c.person_id.is_not(None)
    )
    return takes_part.where(person.c.id.in_(gave))
