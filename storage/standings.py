"""What rounds decided on matters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, case, insert, or_, select, update

from storage._ground.database import Session
from storage.tables import matter, round_matter
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a round decided on one option."""

    place: int
    """In the order that the votes made, 1 for the first."""
    tied: bool
    """Others share its place."""
    adopted: bool | None
    """None: its rule only puts in order."""


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """What a round decided on a matter."""

    round: str
    matter: str
    content: str = field(repr=False)
    """That of the round."""
    closed: datetime
    among: int
    """So many were voted on."""
    verdict: Verdict


async def add(session: Session, round_id: str, matters: Mapping[str, str], among: int) -> None:
    """Some options of a round are these matters."""
    if matters:
        rows = [
            {"round_id": round_id, "option": option, "matter_id": matter_id, "among": among}
            for option, matter_id in matters.items()
        ]
        await session.execute(insert(round_matter), rows)


async def settle(session: Session, round_id: str, verdicts: Mapping[str, Verdict]) -> None:
    """Keep what a round decided on each option."""
    for option, verdict in verdicts.items():
        settled = update(round_matter).where(round_matter.c.round_id == round_id, round_matter.c.option == option)
        values = {"place": verdict.place, "tied": verdict.tied, "adopted": verdict.adopted}
        await session.execute(settled.values(values))


async def owe(session: Session, process_id: str, matter_ids: Collection[str], due: date) -> None:
    """A response to each of these is owed until this day; one that was promised sooner still is."""
    was_answered = and_(matter.c.response_id.is_not(None), ~matter.c.owed)
    is_sooner = or_(was_answered, matter.c.due.is_(None), matter.c.due > due)
    theirs = (matter.c.process_id == process_id, matter.c.id.in_(matter_ids), matter.c.dropped.is_(None))
    new = {"due": case((is_sooner, due), else_=matter.c.due), "owed": True, "told_late": None}
    await session.execute(update(matter).where(*theirs).values(new))


async def of(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[StoredStanding]:
    """What rounds of the process decided on these matters, the first first."""
    if not matter_ids:
        return []
    columns = (
        round_.c.id, round_matter.c.matter_id, round_.c.content, round_.c.closed, round_matter.c.among,
        round_matter.c.place, round_matter.c.tied, round_matter.c.adopted,
    )  # fmt: skip
    decided = (round_.c.closed.is_not(None), round_matter.c.place.is_not(None))
    theirs = (round_.c.process_id == process_id, round_matter.c.matter_id.in_(matter_ids), *decided)
    query = select(*columns).join(round_, round_.c.id == round_matter.c.round_id).where(*theirs)
    rows = await session.execute(query.order_by(round_.c.closed, round_.c.id, round_matter.c.option))
    return [StoredStanding(*row[:5], Verdict(*row[5:])) for row in rows]
