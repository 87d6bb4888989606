"""What followed a response."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime

from sqlalchemy import insert, select

from storage._ground.database import Session
from storage.states import ResultState
from storage.tables import result


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result that was published. All that is by language is a JSON text that the handlers wrote."""

    id: str
    process_id: str
    response_id: str
    state: ResultState
    text: str = field(repr=False)
    place: str = field(repr=False)
    link: str
    day: date
    """On which it happened."""
    published: datetime


async def add(session: Session, new: StoredResult) -> None:
    await session.execute(insert(result).values(asdict(new)))


async def of_responses(session: Session, process_id: str, responses: Collection[str]) -> Sequence[StoredResult]:
    """What followed these responses of the process, the first first."""
    columns = [result.c[part.name] for part in fields(StoredResult)]
    theirs = select(*columns).where(result.c.process_id == process_id, result.c.response_id.in_(responses))
    rows = await session.execute(theirs.order_by(result.c.day, result.c.published, result.c.id))
    return [StoredResult(**row._asdict() | {"state": ResultState(row.state)}) for row in rows]
