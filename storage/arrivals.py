"""What became of everything that was told of a subject: how many deliveries are in which state, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from storage._ground.database import Session
from storage.broadcasts import Subject
from storage.states import State
from storage.tables import broadcast, sending, standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery stands, and by which code; "": by none."""

    state: State
    code: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Of one subject. Raw numbers: nobody sees them before they are rounded."""

    sending: str | None
    """What two people agreed to, by which it left; None: it left by no such thing."""
    numbers: Mapping[Outcome, int]


async def of(session: Session, process_id: str, subjects: Collection[Subject]) -> Mapping[Subject, Arrivals]:
    """Of those that were told, all their broadcasts together. One statement, as quick for very many as for ten."""
    number = func.coalesce(func.sum(standing.c.number), 0)
    theirs = (broadcast.c.process_id == process_id, broadcast.c.subject.in_([str(subject) for subject in subjects]))
    rows = await session.execute(
        select(broadcast.c.subject, standing.c.state, standing.c.code, number, func.max(sending.c.id))
        .select_from(broadcast)
        .outerjoin(standing, standing.c.broadcast_id == broadcast.c.id)
        .outerjoin(sending, sending.c.broadcast_id == broadcast.c.id)
        .where(*theirs)
        .group_by(broadcast.c.subject, standing.c.state, standing.c.code)
    )
    sendings: dict[Subject, str | None] = {}
    numbers: dict[Subject, dict[Outcome, int]] = {}
    for text, state, code, count, name in rows:
        subject = Subject.read(text)
        sendings[subject] = sendings.get(subject) or name
        theirs_too = numbers.setdefault(subject, {})
        if count:
            theirs_too[Outcome(State(state), code)] = int(count)
    return {subject: Arrivals(sendings[subject], counted) for subject, counted in numbers.items()}
