"""Statements that many agree or disagree with: what they say, what came of them, and which say the same."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from storage import processes
from storage._ground.database import Session
from storage.tables import proposal, statement
from storage.together import Writes, write


@dataclass(frozen=True, slots=True)
class NewStatement:
    """What everybody is to be shown."""

    id: str
    process_id: str
    sounding_id: str
    language: str
    texts: str = field(repr=False)
    """A JSON text by language that the handlers wrote."""
    added: datetime


@dataclass(frozen=True, slots=True)
class StoredStatement(NewStatement):
    """One that was put where people see it, with what was counted last."""

    number: int
    withdrawn: bool
    same_as: str | None
    """The statement that says the same, and where what is said of this one is counted."""
    agrees: int
    disagrees: int
    passes: int
    extremity: int
    """In thousandths."""

    @property
    def is_shown(self) -> bool:
        return not self.withdrawn and self.same_as is None


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a statement."""

    id: str
    agrees: int
    disagrees: int
    passes: int
    extremity: int


async def add(session: Session, new: NewStatement) -> None:
    """As the last of its sounding. Whoever adds one has the process locked, so that no two get the same number."""
    theirs = (statement.c.process_id == new.process_id, statement.c.sounding_id == new.sounding_id)
    last = (await session.execute(select(func.coalesce(func.max(statement.c.number), 0)).where(*theirs))).scalar_one()
    await session.execute(insert(statement).values(asdict(new) | {"number": last + 1}))


async def of_sounding(session: Session, process_id: str, sounding_id: str) -> Sequence[StoredStatement]:
    """All of them, also what nobody is shown any more, in their order."""
    theirs = (statement.c.process_id == process_id, statement.c.sounding_id == sounding_id)
    rows = await session.execute(select(*_columns()).where(*theirs).order_by(statement.c.number))
    return [StoredStatement(**row._asdict()) for row in rows]


async def get(session: Session, process_id: str, statement_id: str) -> StoredStatement | None:
    """The one of the process that has this id."""
    its = (statement.c.process_id == process_id, statement.c.id == statement_id)
    row = (await session.execute(select(*_columns()).where(*its))).one_or_none()
    return None if row is None else StoredStatement(**row._asdict())


async def word(session: Session, process_id: str, statement_id: str, texts: str) -> None:
    """From now on it is shown like this."""
    its = (statement.c.process_id == process_id, statement.c.id == statement_id)
    await session.execute(update(statement).where(*its).values(texts=texts))


async def withdraw(session: Session, process_id: str, statement_id: str, *, withdrawn: bool) -> None:
    """Nobody is shown it any more, or everybody is again."""
    its = (statement.c.process_id == process_id, statement.c.id == statement_id)
    await session.execute(update(statement).where(*its).values(withdrawn=withdrawn))


async def lay_together(session: Session, process_id: str, statement_id: str, same_as: str | None) -> None:
    """What is said of it counts for another one from now on, with all that was laid to it; None: for itself again."""
    of_process = statement.c.process_id == process_id
    if same_as is not None:
        followed = update(statement).where(of_process, statement.c.same_as == statement_id)
        await session.execute(followed.values(same_as=same_as))
    await session.execute(update(statement).where(of_process, statement.c.id == statement_id).values(same_as=same_as))


async def count(session: Session, counted: Collection[Counted]) -> None:
    """Put down what came of each."""
    writes = Writes()
    for its in counted:
        writes.change(statement, ("id",), **asdict(its))
    await write(session, writes)


async def erase_words_of(session: Session, person_id: str) -> None:
    """Nobody reads what this person proposed any more; what was laid to it stands for itself again."""
    theirs = select(proposal.c.id).where(proposal.c.person_id == person_id)
    await session.execute(update(statement).where(statement.c.same_as.in_(theirs)).values(same_as=None))
    erased = {"withdrawn": True, "texts": "{}", "same_as": None}
    gone = update(statement).where(statement.c.id.in_(theirs)).values(erased).returning(statement.c.process_id)
    # Every program that remembers what is shown there reads it anew.
    for process_id in sorted(set((await session.execute(gone)).scalars())):
        await processes.show_anew(session, process_id)


def _columns() -> list[Any]:
    return [statement.c[part.name] for part in fields(StoredStatement)]
