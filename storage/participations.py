"""Who takes part in which process: where they live, what they agreed to, since when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select, update

from storage._ground.database import Session
from storage.keys import Box, Keyring, PersonKey, Unreadable
from storage.tables import came_by_a_door, has_not_agreed, participation, person
from storage.together import Writes, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """A person comes into a process."""

    process: str
    region: str = ""
    source: str = ""
    """Where the door stands that they came by; "" they came by none, or nobody said."""
    consent: str | None = field(default=None, repr=False)
    """What they agreed to, in words; None: they have not."""
    joined: date


def add(writes: Writes, key: PersonKey, joining: Joining) -> None:
    """Write down that the person whose key this is takes part."""
    writes.insert(
        participation,
        process_id=joining.process,
        person_id=key.person,
        region=joining.region,
        source=joining.source,
        consented=joining.consent is not None,
        consent=_sealed(key, joining.process, joining.consent),
        joined=joining.joined,
    )


def change(
    writes: Writes,
    key: PersonKey,
    process_id: str,
    *,
    consent: str | None = None,
    region: str | None = None,
    source: str | None = None,
) -> None:
    """Write down what is new: what they agreed to, where they live, by which door they came. None: as before."""
    changed: dict[str, object] = {}
    if consent is not None:
        changed |= {"consented": True, "consent": _sealed(key, process_id, consent), "left": None}
    if region is not None:
        changed["region"] = region
    if source is not None:
        changed["source"] = source
    if changed:
        writes.change(
            participation, ("process_id", "person_id"), process_id=process_id, person_id=key.person, **changed
        )


def _sealed(key: PersonKey, process_id: str, consent: str | None) -> Box | None:
    return None if consent is None else key.seal(consent, participation.c.consent, process_id)


async def leave(session: Session, person_id: str, process_id: str, today: date) -> None:
    """They take part no more; what they gave stays theirs, and by which door they came is nobody's business."""
    theirs = (participation.c.person_id == person_id, participation.c.process_id == process_id)
    await session.execute(update(participation).where(*theirs).values(consented=False, left=today, source=""))


async def sources(session: Session, process_id: str) -> Sequence[str]:
    """Where the doors stand, or stood, by which people came into the process, in their order.

    Each is found by one look into an index, however many came by it.
    """
    theirs = (participation.c.process_id == process_id, came_by_a_door(participation))
    following = select(participation.c.source).where(*theirs).order_by(participation.c.source).limit(1)
    named = select(following.scalar_subquery().label("source")).cte("sources", recursive=True)
    behind = following.where(participation.c.source > named.c.source).correlate(named).scalar_subquery()
    every = named.union_all(select(behind).where(named.c.source.is_not(None)))
    rows = await session.execute(select(every.c.source).where(every.c.source.is_not(None)))
    return sorted(rows.scalars())


async def has_agreed(session: Session, person_id: str) -> bool:
    """Whether they take part in any process, or did until they left it."""
    agreed = select(participation.c.process_id).where(
        participation.c.person_id == person_id, ~has_not_agreed(participation)
    )
    return (await session.execute(agreed.limit(1))).first() is not None


@dataclass(frozen=True, slots=True)
class Resealed:
    """How far the records of consent have come that stand with the person still."""

    last: str
    """The last person who was looked at, in the order of ids."""
    number: int
    unreadable: int
    """Records that no key of ours opens: they stay where they are."""


async def reseal(session: Session, keys: Keyring, after: str, most: int) -> Resealed | None:
    """Seal the consent of up to `most` people for their participation, as it is bound to its place; None: none is left.

    In the order of ids from `after` on. Until there were participations a person was in one process only.
    """
    people = (
        select(person.c.id, person.c.key, person.c.key_epoch, person.c.consent)
        .where(person.c.id > after, person.c.consent.is_not(None))
        .order_by(person.c.id)
        .limit(most)
        .with_for_update(key_share=True)
    )
    rows = (await session.execute(people)).all()
    if not rows:
        return None
    processes = await _first_processes(session, [row.id for row in rows])
    writes, unreadable = Writes(), 0
    for row in rows:
        try:
            key = keys.unwrap(row.id, row.key, row.key_epoch)
            consent = key.open(row.consent, person.c.consent, row.id)
        except Unreadable:
            unreadable += 1
            continue
        if row.id in processes:
            place = {"process_id": processes[row.id], "person_id": row.id}
            sealed = _sealed(key, processes[row.id], consent)
            writes.change(participation, ("process_id", "person_id"), **place, consent=sealed)
        writes.change(person, ("id",), id=row.id, consent=None)
    await write(session, writes)
    return Resealed(rows[-1].id, len(rows) - unreadable, unreadable)


async def _first_processes(session: Session, people: list[str]) -> dict[str, str]:
    """In which process each of them agreed first, where no newer consent stands already."""
    query = (
        select(participation.c.person_id, participation.c.process_id)
        .where(
            participation.c.person_id.in_(people),
            participation.c.consent.is_(None),
            ~has_not_agreed(participation),
        )
        .order_by(participation.c.joined.desc(), participation.c.process_id)
    )
    return {row.person_id: row.process_id for row in await session.execute(query)}


async def to_reseal(session: Session) -> int:
    """How many records of consent stand with the person still."""
    query = select(func.count()).where(person.c.consent.is_not(None))
    return (await session.execute(query)).scalar_one()
