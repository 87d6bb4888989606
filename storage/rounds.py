"""Votes: their rolls, ballots and results."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, delete, func, insert, select, update

from storage import unlinking
from storage._ground.database import Session
from storage.states import Power, Roll
from storage.tables import roll
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A vote as it stands."""

    id: str
    process: str
    content: str
    rule: str
    closes: datetime
    closed: datetime | None
    result: str | None
    ended_why: str | None
    """Why it was closed before its day, as JSON by language; None: it was not."""
    added: int
    """How many were put on its roll after it had opened."""
    power: Power | None
    """Which one a council uses by it; None: the organizers opened it."""


@dataclass(frozen=True, slots=True)
class Facing:
    """An open round as one person on its roll meets it."""

    round: str
    content: str
    closes: datetime
    voted: bool
    power: Power | None = None
    """As in `StoredRound`."""


@dataclass(frozen=True, slots=True)
class NewRound:
    """A vote to be opened. The content is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    content: str
    rule: str
    opened: datetime
    closes: datetime
    roll: Roll = Roll.COUNCIL
    power: Power | None = None
    """As in `StoredRound`."""


async def open_(session: Session, new: NewRound, voters: Sequence[str]) -> None:
    """Open a round: its roll is frozen here."""
    await session.execute(insert(round_).values(asdict(new)))
    if voters:
        await session.execute(insert(roll), [{"round_id": new.id, "person_id": person_id} for person_id in voters])


async def get(session: Session, round_id: str, lock: bool = False) -> StoredRound | None:
    query = select(*_columns()).where(round_.c.id == round_id)
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else _read(row)


async def newest(session: Session, process_id: str, most: int) -> list[StoredRound]:
    theirs = select(*_columns()).where(round_.c.process_id == process_id)
    rows = await session.execute(theirs.order_by(round_.c.opened.desc()).limit(most))
    return [_read(row) for row in rows]


async def closed_between(session: Session, process_id: str, since: datetime, until: datetime) -> list[StoredRound]:
    """Those of the process that were closed after the one moment and up to the other, the first first.

    Without those by which a council used a power: what they decided is told by what left, or did not.
    """
    is_of_then = (round_.c.closed > since, round_.c.closed <= until)
    theirs = (round_.c.process_id == process_id, *is_of_then, round_.c.power.is_(None))
    rows = await session.execute(select(*_columns()).where(*theirs).order_by(round_.c.closed, round_.c.id))
    return [_read(row) for row in rows]


async def opened(session: Session, process_id: str, content: str) -> datetime | None:
    """When a round of the process with this very content was last opened; None: never."""
    newest = select(func.max(round_.c.opened)).where(round_.c.process_id == process_id, round_.c.content == content)
    found: datetime | None = (await session.execute(newest)).scalar_one()
    return found


async def open_in(session: Session, process_id: str) -> list[str]:
    """The open rounds of the process, locked."""
    theirs = select(round_.c.id).where(round_.c.process_id == process_id, round_.c.closed.is_(None))
    return list((await session.execute(theirs.order_by(round_.c.id).with_for_update())).scalars())


async def overdue(session: Session, now: datetime) -> list[StoredRound]:
    """Rounds of all processes whose time has passed and that nobody has closed."""
    rows = await session.execute(select(*_columns()).where(round_.c.closed.is_(None), round_.c.closes <= now))
    return [_read(row) for row in rows]


async def to_remind(session: Session, ends_before: datetime, opened_before: datetime, now: datetime) -> list[str]:
    """The open rounds of all processes that end soon, were not opened just now, and whose voters were not reminded yet.

    They are locked: whoever comes at the same moment gets none of them.
    """
    rows = await session.execute(
        select(round_.c.id)
        .where(
            round_.c.closed.is_(None),
            round_.c.reminded.is_(None),
            round_.c.closes > now,
            round_.c.closes <= ends_before,
            round_.c.opened <= opened_before,
        )
        .order_by(round_.c.id)
        .with_for_update(skip_locked=True)
    )
    return list(rows.scalars())


async def reminded(session: Session, round_id: str, now: datetime) -> None:
    """Its voters are not reminded again."""
    await session.execute(update(round_).where(round_.c.id == round_id).values(reminded=now))


def _columns() -> list[ColumnElement[Any]]:
    names = ("id", "process_id", "content", "rule", "closes", "closed", "result", "ended_why", "added", "power")
    return [round_.c[name] for name in names]


def _read(row: Any) -> StoredRound:
    values: list[Any] = list(row)
    values[-1] = _power(row.power)
    return StoredRound(*values)


def _power(name: str | None) -> Power | None:
    return None if name is None else Power(name)


async def facing(session: Session, process_id: str, person_id: str, now: datetime) -> list[Facing]:
    """The open rounds of the process that this person is on the roll of."""
    rows = await session.execute(
        select(round_.c.id, round_.c.content, round_.c.closes, roll.c.voted, round_.c.power)
        .join(round_, round_.c.id == roll.c.round_id)
        .where(
            round_.c.process_id == process_id,
            roll.c.person_id == person_id,
            round_.c.closed.is_(None),
            round_.c.closes > now,
        )
    )
    return [Facing(*row[:-1], _power(row.power)) for row in rows]


async def is_on_roll(session: Session, who: str, round_id: str) -> bool:
    """Whether this person may vote in it, or might have while it was open."""
    row = select(roll.c.person_id).where(roll.c.round_id == round_id, roll.c.person_id == who)
    return (await session.execute(row)).one_or_none() is not None


class Open(NamedTuple):
    """A round that is open."""

    round: str
    content: str
    """A JSON text that the handlers wrote."""


async def open_to(session: Session, process_id: str, who: str, now: datetime, rolls: Sequence[Roll]) -> list[Open]:
    """The open rounds of the process, of such rolls, on whose roll this person is.

    Their rows are locked against a closing at the same instant: a round that closed first has counted.
    """
    rows = await session.execute(
        select(round_.c.id, round_.c.content)
        .join(roll, roll.c.round_id == round_.c.id)
        .where(
            round_.c.process_id == process_id,
            roll.c.person_id == who,
            round_.c.roll.in_(rolls),
            round_.c.closed.is_(None),
            round_.c.closes > now,
        )
        .order_by(round_.c.id)
        .with_for_update(of=[round_], read=True)
    )
    return [Open(*row) for row in rows]


async def still_open(session: Session, process_id: str, roll: Roll) -> list[Open]:
    """Those of the process with such a roll that nobody has counted yet."""
    theirs = (round_.c.process_id == process_id, round_.c.roll == roll, round_.c.closed.is_(None))
    rows = await session.execute(select(round_.c.id, round_.c.content).where(*theirs).order_by(round_.c.id))
    return [Open(*row) for row in rows]


async def withdraw(session: Session, process_id: str, who: str, names: Sequence[str]) -> None:
    """Take a person off the rolls of these rounds of the process, which `open_to` has locked.

    To their ballots nothing leads any more: none is counted, and `ballots.drop_unlinked` throws them away.
    """
    theirs = select(round_.c.id).where(round_.c.process_id == process_id, round_.c.id.in_(names))
    await session.execute(delete(roll).where(roll.c.person_id == who, roll.c.round_id.in_(theirs)))


class Turnout(NamedTuple):
    """How many are on the roll of a round, and how many of them have voted."""

    voters: int
    voted: int


async def turnout(session: Session, round_id: str) -> Turnout:
    """The turnout so far; of a closed round, as it was when it closed.

    A person who is forgotten later takes nothing away from what was counted and published.
    """
    kept = select(round_.c.voters, round_.c.voted).where(round_.c.id == round_id, round_.c.closed.is_not(None))
    row = (await session.execute(kept)).one_or_none()
    if row is None or row.voters is None:
        counted = select(func.count(), func.count(case((roll.c.voted, 1)))).where(roll.c.round_id == round_id)
        row = (await session.execute(counted)).one()
    return Turnout(row[0], row[1])


async def end_early(session: Session, round_id: str, why: str) -> None:
    """Keep why it was closed before its day, as JSON by language."""
    await session.execute(update(round_).where(round_.c.id == round_id).values(ended_why=why))


async def last_closed(session: Session) -> datetime | None:
    """When a round of any process was closed last."""
    found: datetime | None = (await session.execute(select(func.max(round_.c.closed)))).scalar_one()
    return found


class Past(NamedTuple):
    """A round that is over as one person on its roll meets it."""

    round: str
    content: str
    voted: bool


async def past(session: Session, process_id: str, who: str, since: datetime, most: int) -> list[Past]:
    """The newest rounds of the process that closed since then and have a file, with this person on their roll."""
    theirs = select(round_.c.id, round_.c.content, roll.c.voted).join(roll, roll.c.round_id == round_.c.id)
    is_over = (round_.c.process_id == process_id, round_.c.closed > since, round_.c.published.is_not(None))
    newest = theirs.where(roll.c.person_id == who, *is_over).order_by(round_.c.closed.desc(), round_.c.id).limit(most)
    return [Past(*row) for row in await session.execute(newest)]


async def dispute(session: Session, round_id: str, who: str) -> None:
    """Keep that this person finds wrong what the roll of a round that is over says of them."""
    is_over = select(round_.c.id).where(round_.c.id == round_id, round_.c.closed.is_not(None))
    theirs = (roll.c.round_id == round_id, roll.c.person_id == who, roll.c.round_id.in_(is_over))
    await session.execute(update(roll).where(*theirs).values(disputed=True))


async def disputes(session: Session, round_id: str) -> int:
    """How many find wrong what the roll says of them."""
    wrong = select(func.count()).select_from(roll).where(roll.c.round_id == round_id, roll.c.disputed)
    return (await session.execute(wrong)).scalar_one()


async def published(session: Session, round_id: str) -> str | None:
    """The file that was published of a round; None: it is not closed, or was before there were such files."""
    text = select(round_.c.published).where(round_.c.id == round_id)
    found: str | None = (await session.execute(text)).scalar_one_or_none()
    return found


async def close(session: Session, round_id: str, result: str, now: datetime, published: str | None = None) -> None:
    """Keep the result, the file that is published and the turnout, and destroy what was cast; the roll stays."""
    voters, voted = await turnout(session, round_id)
    kept = {"closed": now, "result": result, "voters": voters, "voted": voted, "published": published}
    await session.execute(update(round_).where(round_.c.id == round_id).values(kept))
    await unlinking.destroy(session, round_id, now)
