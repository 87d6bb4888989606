"""What everybody may read of draws by lot: what was announced beforehand, by which value, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import flows
from handlers import counts, draws
from handlers.draws import Summary
from handlers.processes import OpenProcess
from handlers.writing import contents, moments
from storage import Session, councils
from storage import draws as stored
from storage.draws import StoredDraw
from storage.states import DrawState

MOST = 20
"""So many of the newest are shown."""


@dataclass(frozen=True, slots=True)
class Chances:
    """Of those who could be drawn, who are eight at least."""

    candidates: int
    """About how many they are."""
    least: int
    most: int
    """The smallest and the largest chance, in millionths."""


@dataclass(frozen=True, slots=True)
class ShownDraw:
    """A draw, without the people."""

    id: str
    council: flows.Renditions = field(repr=False)
    """What it is called."""
    seats: int
    announced: date
    source: str
    """Which public value decides, in the organizers' words."""
    due: date
    """When everybody can know it."""
    fingerprint: str
    value: str
    """"": nobody has entered it."""
    state: DrawState
    chances: Chances | None
    """None: nobody is drawn yet, or too few could be."""


async def shown(session: Session, process: OpenProcess) -> Sequence[ShownDraw]:
    """The newest of the councils that there are, the newest first. Two statements, or one where there is none."""
    found = await stored.newest(session, process.id, MOST)
    named = {it.id: it.content for it in await councils.of_process(session, process.id)} if found else {}
    return [
        _shown(process, it, contents.unpack(named[it.council_id], contents.Council).name)
        for it in found
        if it.council_id in named
    ]


def _shown(process: OpenProcess, draw: StoredDraw, name: flows.Renditions) -> ShownDraw:
    zone = moments.zone_of(process.content)
    return ShownDraw(
        id=draw.id,
        council=name,
        seats=draw.seats,
        announced=draw.announced.astimezone(zone).date(),
        source=draw.source,
        due=draw.due.astimezone(zone).date(),
        fingerprint=draw.commitment,
        value=draw.value or "",
        state=draw.state,
        chances=_chances(draw),
    )


def _chances(draw: StoredDraw) -> Chances | None:
    came = draws.outcome(draw)
    about = counts.rounded(came.candidates) if isinstance(came, Summary) else None
    if not isinstance(came, Summary) or about is None:
        return None
    return Chances(about, came.least, came.most)
