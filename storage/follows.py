"""Which matters people can read that others raised, and which of them each follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, delete, literal, or_, select, union

from storage._ground.database import Session
from storage.states import ResponseState
from storage.tables import follow, is_public, matter, response
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class ReadableMatter:
    """A matter that somebody may read, and whether they follow it."""

    id: str
    title: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    state: ResponseState | None
    """Of the newest response; None: there is none yet."""
    follows: bool
    supports: bool


async def topics(session: Session, process_id: str, person_id: str, followed: str) -> Collection[str]:
    """What the public matters of the process are about; also `followed`, if this person follows any of its matters."""
    public = select(matter.c.topic).where(matter.c.process_id == process_id, is_public(matter))
    theirs = select(literal(followed)).join_from(matter, follow, follow.c.matter_id == matter.c.id)
    of_person = (follow.c.person_id == person_id, matter.c.process_id == process_id, matter.c.dropped.is_(None))
    return (await session.execute(union(public, theirs.where(*of_person)))).scalars().all()


async def readable(
    session: Session, process_id: str, person_id: str, topics: Collection[str] | None, most: int
) -> Sequence[ReadableMatter]:
    """The newest public matters of the process on these topics; None: all that this person follows, public or not."""
    which = follow.c.person_id.is_not(None) if topics is None else and_(is_public(matter), matter.c.topic.in_(topics))
    query = (
        select(matter.c.id, matter.c.title, response.c.state, follow.c.supports)
        .outerjoin(follow, and_(follow.c.matter_id == matter.c.id, follow.c.person_id == person_id))
        .outerjoin(response, response.c.id == matter.c.response_id)
        .where(matter.c.process_id == process_id, matter.c.dropped.is_(None), which)
        .order_by(matter.c.opened.desc(), matter.c.id)
        .limit(most)
    )
    return [_readable(*row) for row in await session.execute(query)]


def _readable(name: str, title: str, state: str | None, supports: bool | None) -> ReadableMatter:
    known = None if state is None else ResponseState(state)
    return ReadableMatter(name, title, known, supports is not None, bool(supports))


async def may_read(session: Session, process_id: str, person_id: str, matter_id: str) -> bool:
    """Whether it is public, or they follow it."""
    theirs = and_(follow.c.matter_id == matter.c.id, follow.c.person_id == person_id)
    found = select(matter.c.id).outerjoin(follow, theirs).where(
        matter.c.process_id == process_id,
        matter.c.id == matter_id,
        matter.c.dropped.is_(None),
        or_(is_public(matter), follow.c.person_id.is_not(None)),
    )  # fmt: skip
    return (await session.execute(found)).one_or_none() is not None


def put(writes: Writes, matter_id: str, person_id: str, address_id: str, today: date, *, supports: bool) -> None:
    """This person follows the matter from now on, where they say so; or supports it, or supports it no more."""
    row = {"matter_id": matter_id, "person_id": person_id, "address_id": address_id, "since": today}
    writes.replace(follow, ("matter_id", "person_id"), **row, supports=supports)


async def drop(session: Session, matter_id: str, person_id: str) -> None:
    """This person follows the matter no more."""
    theirs = (follow.c.matter_id == matter_id, follow.c.person_id == person_id)
    await session.execute(delete(follow).where(*theirs))
