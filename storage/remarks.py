"""What people on a roll ask and say of what they vote on, and what is shown of it."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select

from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey, Unreadable
from storage.states import RemarkKind
from storage.tables import person, remark, shown_remark
from storage.tables import round as round_


@dataclass(frozen=True, slots=True)
class NewRemark:
    """What somebody asks or says."""

    round: str
    option: str
    """Which of what is voted on it is about; "": all of it."""
    kind: RemarkKind
    language: str
    words: str = field(repr=False)
    quotable: bool
    """The others may read these words as they are."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody asked or said, and nobody has dealt with yet; never who."""

    id: str
    option: str
    kind: RemarkKind
    language: str
    words: str = field(repr=False)
    """"" where nobody can read them any more."""
    quotable: bool


@dataclass(frozen=True, slots=True)
class ShownRemark:
    """What everybody on the roll reads of one. The texts are JSON by language."""

    id: str
    round_id: str
    option: str
    kind: RemarkKind
    words: str
    answer: str
    shown: datetime


async def add(session: Session, key: PersonKey, new: NewRemark, today: date) -> None:
    """Keep it, sealed for its person."""
    name = fresh()
    row = {
        "id": name,
        "round_id": new.round,
        "option": new.option,
        "kind": new.kind,
        "person_id": key.person,
        "language": new.language,
        "words": key.seal(new.words, remark.c.words, name),
        "quotable": new.quotable,
        "day": today,
    }
    await session.execute(insert(remark).values(row))


async def take_back_reason(session: Session, round_id: str, person_id: str, option: str) -> None:
    """This person says something else of this option now."""
    theirs = (remark.c.round_id == round_id, remark.c.person_id == person_id, remark.c.option == option)
    await session.execute(delete(remark).where(*theirs, remark.c.kind == RemarkKind.REASON))


async def number_of(session: Session, round_id: str, person_id: str) -> int:
    """How many of this person's nobody has dealt with yet."""
    theirs = select(func.count()).where(remark.c.round_id == round_id, remark.c.person_id == person_id)
    return (await session.execute(theirs)).scalar_one()


async def waiting(session: Session, keys: Keyring, round_id: str) -> Sequence[Remark]:
    """Those of a round that nobody has dealt with yet, in no order that means anything."""
    query = (
        select(remark, person.c.key, person.c.key_epoch)
        .outerjoin(person, person.c.id == remark.c.person_id)
        .where(remark.c.round_id == round_id)
        .order_by(remark.c.kind, remark.c.option, remark.c.id)
    )
    found = []
    for row in await session.execute(query):
        kind = RemarkKind(row.kind)
        words = _words(keys, row)
        found.append(Remark(row.id, row.option, kind, row.language, words, row.quotable))
    return found


def _words(keys: Keyring, row: Row[Any]) -> str:
    try:
        if row.person_id is None:
            return keys.open(row.words, remark.c.words, row.id)
        return keys.unwrap(row.person_id, row.key, row.key_epoch).open(row.words, remark.c.words, row.id)
    except Unreadable:
        return ""


async def take(session: Session, keys: Keyring, process_id: str, round_id: str, name: str) -> Remark | None:
    """One of a round of the process; it is erased: whoever takes it shows it, or puts it aside. None: it is gone."""
    theirs = exists().where(round_.c.id == remark.c.round_id, round_.c.process_id == process_id)
    query = (
        select(remark, person.c.key, person.c.key_epoch)
        .outerjoin(person, person.c.id == remark.c.person_id)
        .where(remark.c.id == name, remark.c.round_id == round_id, theirs)
        .with_for_update(of=[remark])
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    await session.execute(delete(remark).where(remark.c.id == name))
    return Remark(row.id, row.option, RemarkKind(row.kind), row.language, _words(keys, row), row.quotable)


async def show(session: Session, new: ShownRemark) -> None:
    await session.execute(insert(shown_remark).values(asdict(new)))


async def shown(session: Session, round_id: str, option: str | None = None) -> Sequence[ShownRemark]:
    """What is shown of a round, or of one of its options, the first first."""
    query = select(shown_remark).where(shown_remark.c.round_id == round_id)
    query = query if option is None else query.where(shown_remark.c.option.in_((option, "")))
    rows = await session.execute(query.order_by(shown_remark.c.shown, shown_remark.c.id))
    return [ShownRemark(**row._asdict() | {"kind": RemarkKind(row.kind)}) for row in rows]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A round in which somebody asks something that nobody has answered."""

    round: str
    content: str = field(repr=False)
    number: int


async def unanswered(session: Session, process_id: str) -> Sequence[Unanswered]:
    """Those of the process, the first to close first."""
    query = (
        select(round_.c.id, round_.c.content, func.count())
        .join(remark, remark.c.round_id == round_.c.id)
        .where(round_.c.process_id == process_id, remark.c.kind == RemarkKind.QUESTION)
        .group_by(round_.c.id, round_.c.content, round_.c.closes)
        .order_by(round_.c.closes, round_.c.id)
    )
    return [Unanswered(*row) for row in await session.execute(query)]


async def with_remarks(session: Session, round_id: str) -> Sequence[str]:
    """The options of a round of which something is shown; "" among them: of the whole."""
    shown_of = select(shown_remark.c.option).where(shown_remark.c.round_id == round_id).distinct()
    return (await session.execute(shown_of)).scalars().all()


async def withdraw(session: Session, round_ids: Sequence[str], person_id: str) -> None:
    """What this person asked and said in these rounds, and nobody has dealt with, is erased."""
    theirs = (remark.c.round_id.in_(round_ids), remark.c.person_id == person_id)
    await session.execute(delete(remark).where(*theirs))


async def part_from_people(session: Session, keys: Keyring, round_id: str) -> None:
    """Nobody can say any more whose they are: each becomes another row, sealed for nobody, in no order of before."""
    rows = await waiting(session, keys, round_id)
    await session.execute(delete(remark).where(remark.c.round_id == round_id))
    left = [row for row in rows if row.words]
    secrets.SystemRandom().shuffle(left)
    for row in left:
        name = fresh()
        new = {"id": name, "round_id": round_id, "words": keys.seal(row.words, remark.c.words, name)}
        same = {"option": row.option, "kind": row.kind, "language": row.language, "quotable": row.quotable}
        await session.execute(insert(remark).values(new | same))
