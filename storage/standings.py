"""What rounds decided on matters, and on parts of texts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, insert, null, or_, select, update

from storage._ground.database import Session
from storage.tables import matter, round_matter, round_part
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a round decided on one option."""

    place: int
    """In the order that the votes made, 1 for the first."""
    tied: bool
    """Others share its place; where some are chosen, it is not decided whether this is one of them."""
    adopted: bool | None
    """None: its rule adopts nothing."""
    chosen: bool | None = None
    """None: its rule chooses nobody."""


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """What a round decided on a matter, or on a part of a text."""

    round: str
    about: str
    """The id of the matter, or of the part."""
    edition: int | None
    """Of the part, which was voted on; None: it is a matter."""
    content: str = field(repr=False)
    """That of the round."""
    closed: datetime
    among: int
    """So many were voted on."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class VotedPart:
    """A part of a text as a round puts it to the vote."""

    part_id: str
    edition: int
    words: str = field(repr=False)
    """As JSON by language, the one first in which it was written first."""


async def add(session: Session, round_id: str, matters: Mapping[str, str], among: int) -> None:
    """Some options of a round are these matters."""
    if matters:
        rows = [
            {"round_id": round_id, "option": option, "matter_id": matter_id, "among": among}
            for option, matter_id in matters.items()
        ]
        await session.execute(insert(round_matter), rows)


async def add_parts(session: Session, round_id: str, parts: Mapping[str, VotedPart], among: int) -> None:
    """Some options of a round are these parts, with these words."""
    if parts:
        rows = [
            {"round_id": round_id, "option": option, "among": among, **asdict(part)} for option, part in parts.items()
        ]
        await session.execute(insert(round_part), rows)


async def parts(session: Session, round_id: str) -> Mapping[str, VotedPart]:
    """The parts that a round puts to the vote, by their options."""
    columns = (round_part.c.option, round_part.c.part_id, round_part.c.edition, round_part.c.words)
    rows = await session.execute(select(*columns).where(round_part.c.round_id == round_id))
    return {option: VotedPart(*voted) for option, *voted in rows}


async def settle(session: Session, round_id: str, verdicts: Mapping[str, Verdict]) -> None:
    """Keep what a round decided on each option that is a matter or a part."""
    for table in (round_matter, round_part):
        for option, verdict in verdicts.items():
            settled = update(table).where(table.c.round_id == round_id, table.c.option == option)
            await session.execute(settled.values(asdict(verdict)))


async def owe(session: Session, process_id: str, matter_ids: Collection[str], due: date) -> None:
    """A response to each of these is owed until this day; one that was promised sooner still is."""
    was_answered = and_(matter.c.response_id.is_not(None), ~matter.c.owed)
    is_sooner = or_(was_answered, matter.c.due.is_(None), matter.c.due > due)
    theirs = (matter.c.process_id == process_id, matter.c.id.in_(matter_ids), matter.c.dropped.is_(None))
    new = {"due": case((is_sooner, due), else_=matter.c.due), "owed": True, "told_late": None}
    await session.execute(update(matter).where(*theirs).values(new))


async def of(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[StoredStanding]:
    """What rounds of the process decided on these matters, the first first."""
    return await _decided(session, process_id, round_matter, round_matter.c.matter_id, null(), matter_ids)


async def of_parts(session: Session, process_id: str, part_ids: Collection[str]) -> Sequence[StoredStanding]:
    """What rounds of the process decided on these parts of texts, the first first."""
    return await _decided(session, process_id, round_part, round_part.c.part_id, round_part.c.edition, part_ids)


async def _decided(
    session: Session,
    process_id: str,
    table: Table,
    about: ColumnElement[str],
    edition: ColumnElement[Any],
    names: Collection[str],
) -> Sequence[StoredStanding]:
    if not names:
        return []
    columns = (
        round_.c.id, about, edition, round_.c.content, round_.c.closed, table.c.among,
        table.c.place, table.c.tied, table.c.adopted, table.c.chosen,
    )  # fmt: skip
    decided = (round_.c.closed.is_not(None), table.c.place.is_not(None))
    theirs = (round_.c.process_id == process_id, about.in_(names), *decided)
    query = select(*columns).join(round_, round_.c.id == table.c.round_id).where(*theirs)
    rows: Iterable[Any] = await session.execute(query.order_by(round_.c.closed, round_.c.id, table.c.option))
    return [
        StoredStanding(round_id, name, number, content, closed, among, Verdict(*verdict))
        for round_id, name, number, content, closed, among, *verdict in rows
    ]
