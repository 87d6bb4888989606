"""The roll of a round: who may vote in it, however many they are."""

from typing import Any

from sqlalchemy import Select, func, insert, literal, select

from storage._ground.database import Session
from storage.states import Roll
from storage.tables import contribution, membership, participation, person, seat, sits
from storage.tables import roll as roll_


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
