"""The counts that everybody may read: taken once a day, and taken up only where eight have come or gone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import counts, feedback
from handlers.feedback import Counts
from storage import Session, gathering, public_counts, responses
from storage import feedback as stored_feedback
from storage.public_counts import Place
from storage.states import Counted, Helped

DAY = timedelta(days=1)
MOST = 200
"""So many matters or responses are counted in one statement."""
HEARD, TOLD = Place(Counted.HEARD), Place(Counted.TOLD)
HELPED: Mapping[Helped, Counted] = {
    Helped.YES: Counted.HELPED,
    Helped.PARTLY: Counted.HELPED_PARTLY,
    Helped.NO: Counted.NOT_HELPED,
}
"""As what each answer is counted."""


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


async def helped(session: Session, process_id: str, response_ids: Collection[str]) -> Mapping[str, Counts]:
    """Whether each of these responses answers those whom it was told, as it was counted last. One statement."""
    raw = await public_counts.beside(session, process_id, response_ids) if response_ids else {}
    return {name: _helped(raw, name) for name in response_ids}


def _helped(raw: Mapping[Place, int], response_id: str) -> Counts:
    """Each number as it was taken up by itself: no difference of two says what a third one is."""
    people = counts.rounded(raw.get(Place(Counted.RATED, response_id), 0))
    if people is None:
        return feedback.NOBODY
    yes, partly, no = (counts.rounded(raw.get(Place(counted, response_id), 0)) for counted in HELPED.values())
    return Counts(people, yes, partly, no)


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
    response_ids = await public_counts.to_rate(session, process_id)
    for start in range(0, len(response_ids), MOST):
        numbers |= await _rated(session, process_id, response_ids[start : start + MOST])
    await _keep(session, process_id, numbers, now)


async def _behind(session: Session, matter_ids: Sequence[str]) -> dict[Place, int]:
    crowds = await gathering.crowds(session, matter_ids)
    return {Place(Counted.BEHIND, name): crowds.get(name, gathering.NOBODY).everybody for name in matter_ids}


async def _rated(session: Session, process_id: str, response_ids: Sequence[str]) -> dict[Place, int]:
    found = await stored_feedback.counted(session, process_id, response_ids)
    numbers: dict[Place, int] = {}
    for name in response_ids:
        theirs = found.get(name, {})
        numbers[Place(Counted.RATED, name)] = sum(theirs.values())
        numbers |= {Place(counted, name): theirs.get(helped, 0) for helped, counted in HELPED.items()}
    return numbers


async def _keep(session: Session, process_id: str, numbers: Mapping[Place, int], now: datetime) -> None:
    """A difference of fewer would be a small count itself: whoever reads the page on two days would learn it."""
    await public_counts.keep(session, process_id, numbers, counts.FEWER_THAN, now)
