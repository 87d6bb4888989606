"""What is gathered in a matter, and how many stand behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, exists, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.columns import Moment
from storage._ground.database import Session
from storage.tables import contribution, follow, gathered, matter, response_matter


async def gather(
    session: Session,
    process_id: str,
    matter_id: str,
    contributions: Collection[str],
    staff_id: str | None,
    now: datetime,
) -> Sequence[str]:
    """Gather contributions of the process into a matter of it; gives those that were not there already."""
    found = select(literal(matter_id), contribution.c.id, literal(staff_id), literal(now, Moment()))
    theirs = found.where(contribution.c.process_id == process_id, contribution.c.id.in_(contributions))
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(gathered)
    columns = ["matter_id", "contribution_id", "staff_id", "since"]
    once = added.from_select(columns, theirs).on_conflict_do_nothing(index_elements=["matter_id", "contribution_id"])
    return (await session.execute(once.returning(gathered.c.contribution_id))).scalars().all()


async def part(session: Session, matter_id: str, contributions: Collection[str]) -> int:
    """Take contributions out of a matter again; gives how many were in it."""
    theirs = (gathered.c.matter_id == matter_id, gathered.c.contribution_id.in_(contributions))
    return (await session.execute(delete(gathered).where(*theirs))).rowcount


async def untold(session: Session, process_id: str, response_id: str, contributions: Collection[str]) -> Sequence[str]:
    """Those of the process whose people were not told this response by anything else that they gave or follow."""
    others = contribution.alias("others")
    answered = select(response_matter.c.matter_id).where(response_matter.c.response_id == response_id)
    in_them = select(gathered.c.contribution_id).where(gathered.c.matter_id.in_(answered))
    were_told = exists().where(
        others.c.process_id == process_id,
        others.c.person_id == contribution.c.person_id,
        others.c.id.not_in(contributions),
        or_(others.c.response_id == response_id, others.c.id.in_(in_them)),
    )
    follows = exists().where(follow.c.person_id == contribution.c.person_id, follow.c.matter_id.in_(answered))
    theirs = (
        contribution.c.process_id == process_id,
        contribution.c.id.in_(contributions),
        contribution.c.person_id.is_not(None),
    )
    return (await session.execute(select(contribution.c.id).where(*theirs, ~were_told, ~follows))).scalars().all()


async def of_contributions(session: Session, contributions: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The ids of the matters that each of these is gathered in."""
    rows = await session.execute(
        select(gathered.c.contribution_id, gathered.c.matter_id)
        .where(gathered.c.contribution_id.in_(contributions))
        .order_by(gathered.c.contribution_id, gathered.c.since, gathered.c.matter_id)
    )
    found: dict[str, list[str]] = {}
    for contribution_id, matter_id in rows:
        found.setdefault(contribution_id, []).append(matter_id)
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """A matter that holds a contribution."""

    id: str
    title: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    is_answered: bool


async def holding(session: Session, process_id: str, contribution_id: str) -> Sequence[Holding]:
    """The matters of the process that hold this contribution, the one first that it was put into first."""
    rows = await session.execute(
        select(matter.c.id, matter.c.title, matter.c.response_id.is_not(None))
        .join(gathered, gathered.c.matter_id == matter.c.id)
        .where(matter.c.process_id == process_id, gathered.c.contribution_id == contribution_id)
        .order_by(gathered.c.since, matter.c.id)
    )
    return [Holding(row[0], row[1], bool(row[2])) for row in rows]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many stand behind a matter. Raw numbers: nobody sees them before they are rounded."""

    contributions: int
    people: int
    """Who gave any of them."""
    followers: int
    """Who follows it; perhaps they gave some of it, too."""
    supporters: int
    """Of the followers, who say that it should be so."""
    everybody: int
    """Who gave any of it, or supports it."""


NOBODY = Crowd(0, 0, 0, 0, 0)


async def crowds(session: Session, matter_ids: Collection[str]) -> Mapping[str, Crowd]:
    """How many stand behind each of these. One statement, whose cost grows with what is gathered in them."""
    gave = (
        select(gathered.c.matter_id, contribution.c.person_id, literal(1).label("given"), *_none("follows", "supports"))
        .join(contribution, contribution.c.id == gathered.c.contribution_id)
        .where(gathered.c.matter_id.in_(matter_ids))
    )
    supports = case((follow.c.supports, 1), else_=0)
    follows = select(follow.c.matter_id, follow.c.person_id, *_none("given"), literal(1), supports)
    follows = follows.where(follow.c.matter_id.in_(matter_ids))
    rows = gave.union_all(follows).subquery()
    is_given, is_supported = rows.c.given == 1, rows.c.supports == 1
    counted = select(
        rows.c.matter_id,
        func.sum(rows.c.given),
        func.count(rows.c.person_id.distinct()).filter(is_given),
        func.sum(rows.c.follows),
        func.sum(rows.c.supports),
        func.count(rows.c.person_id.distinct()).filter(or_(is_given, is_supported)),
    ).group_by(rows.c.matter_id)
    return {row[0]: Crowd(*map(int, row[1:])) for row in await session.execute(counted)}


def _none(*names: str) -> list[ColumnElement[int]]:
    return [literal(0).label(name) for name in names]
