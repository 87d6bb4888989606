"""The counts that everybody may read: taken once a day, and taken up only where eight have come or gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import counts
from storage import Session, gathering, public_counts, responses
from storage.public_counts import Place
from storage.states import Counted

DAY = timedelta(days=1)
MOST = 200
"""So many matters are counted in one statement."""
HEARD, TOLD = Place(Counted.HEARD), Place(Counted.TOLD)


@dataclass(frozen=True, slots=True)
class Figures:
    """About how many people gave a process something, and how many of them were certainly told what was done with it.

    None: fewer than eight.
    """

    heard: int | None
    reached: int | None


async def figures(session: Session, process_id: str) -> Figures | None:
    """None: nothing was counted yet. One statement."""
    raw = await public_counts.of(session, process_id)
    if Counted.HEARD not in raw:
        return None
    return Figures(counts.rounded(raw[Counted.HEARD]), counts.rounded(raw.get(Counted.TOLD, 0)))


async def take_due(session: Session, now: datetime) -> None:
    """Count in every process in which that was not done for a day, and behind every matter that was published since.

    Two workers may do it at once: the later one changes nothing.
    """
    for process_id in await public_counts.due(session, now - DAY):
        await _take(session, process_id, now)
    for process_id, matter_ids in (await public_counts.never_counted(session, MOST)).items():
        await _keep(session, process_id, await _behind(session, matter_ids), now)


async def _take(session: Session, process_id: str, now: datetime) -> None:
    answered = await responses.answered_people(session, process_id)
    numbers = {HEARD: answered.heard, TOLD: max(0, answered.answered - answered.unreached)}
    matter_ids = await public_counts.to_count(session, process_id)
    for start in range(0, len(matter_ids), MOST):
        numbers |= await _behind(session, matter_ids[start : start + MOST])
    await _keep(session, process_id, numbers, now)


async def _behind(session: Session, matter_ids: Sequence[str]) -> dict[Place, int]:
    crowds = await gathering.crowds(session, matter_ids)
    return {Place(Counted.BEHIND, name): crowds.get(name, gathering.NOBODY).everybody for name in matter_ids}


async def _keep(session: Session, process_id: str, numbers: Mapping[Place, int], now: datetime) -> None:
    """A difference of fewer would be a small count itself: whoever reads the page on two days would learn it."""
    await public_counts.keep(session, process_id, numbers, counts.FEWER_THAN, now)
