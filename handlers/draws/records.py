"""A draw as a file by which anybody can repeat it, and whom that file may betray."""

from collections import Counter
from collections.abc import Sequence

from council import lots
from council.lots import Record
from handlers import vacancies
from handlers.draws.reading import Summary, get, kept, limits, outcome, packed
from handlers.processes import OpenProcess
from storage import Keyring, Session, draws
from storage.draws import StoredDraw, StoredTicket

FEW = 5
"""Who shares with fewer than so many what they told together may be recognised by it."""


async def record(session: Session, keys: Keyring, process: OpenProcess, draw_id: str) -> Record:
    """A draw as a file by which anybody can repeat it. Raises `contents.Unfit`."""
    stored = await get(session, process, draw_id)
    return record_of(stored, await draws.tickets(session, keys, process.id, draw_id))


def record_of(stored: StoredDraw, tickets: Sequence[StoredTicket]) -> Record:
    drawn = sorted((its.place, its.id) for its in tickets if its.place is not None)
    summary = outcome(stored)
    return Record(
        format=lots.FORMAT,
        draw=stored.id,
        source=stored.source,
        due=stored.due.isoformat(),
        value=stored.value or "",
        seats=stored.seats,
        quotas=packed(limits(stored)),
        commitment=stored.commitment,
        candidates=[_candidate(its) for its in tickets if its.facts is not None],
        gone={its.id: its.leaf for its in tickets if its.facts is None},
        gone_before=[its.id for its in tickets if its.gone],
        algorithm=lots.ALGORITHM,
        libraries=summary.libraries if isinstance(summary, Summary) else "",
        members=[name for place, name in drawn if place <= stored.seats],
        substitutes=[name for place, name in drawn if place > stored.seats],
        requirements=[dict(its) for its in vacancies.required(stored.requirements, 0)],
    )


def _candidate(its: StoredTicket) -> lots.Candidate:
    says = kept(its)
    return lots.Candidate(ticket=its.id, salt=says.salt, facts=says.facts)


def recognisable(tickets: Sequence[StoredTicket]) -> int:
    """How many share with too few what they told together: insiders may recognise them in the file."""
    combinations = [tuple(sorted(kept(its).facts.items())) for its in tickets if its.facts is not None]
    return sum(number for number in Counter(combinations).values() if number < FEW)
