"""Whom something reached that was told back to people, and why it did not reach the others."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers import counts
from handlers.processes import OpenProcess
from storage import Session, arrivals
from storage.arrivals import Arrivals, Outcome
from storage.broadcasts import Subject
from storage.codes import Code
from storage.states import State

TOLD = (State.SENT, State.DELIVERED)


class Why(StrEnum):
    """Why somebody has not been told."""

    WAITS = "waits"
    """It is still to leave."""
    SILENT = "silent"
    """They have been silent for too long: it waits until they write."""
    GONE = "gone"
    """Their chat or number is there no more, or they stopped our messages."""
    LEFT = "left"
    """They left, or asked to be forgotten."""
    LATE = "late"
    """It was too late when it could leave."""
    STOPPED = "stopped"
    """An organizer stopped it."""
    UNKNOWN = "unknown"
    """Nobody knows whether it arrived."""
    REFUSED = "refused"
    """The platform did not take it."""


CODES: Mapping[str, Why] = {
    Code.SHUT: Why.SILENT,
    Code.UNREACHABLE: Why.GONE,
    Code.GONE: Why.GONE,
    Code.LEFT: Why.LEFT,
    Code.FORGOTTEN: Why.LEFT,
    Code.NOT_AFTER: Why.LATE,
    Code.CANCELLED: Why.STOPPED,
}
STATES: Mapping[State, Why] = {
    State.QUEUED: Why.WAITS,
    State.SENDING: Why.WAITS,
    State.UNKNOWN: Why.UNKNOWN,
    State.EXPIRED: Why.LATE,
    State.CANCELLED: Why.STOPPED,
}


@dataclass(frozen=True, slots=True)
class Reached:
    """About how many people; each None where they are too few to be told."""

    sending: str | None
    """What two people agreed to, by which it left; None: it left by no such thing."""
    informed: int | None
    untold: int | None
    """Where this is None, nobody is shown any reason."""
    reasons: Sequence[tuple[Why, int]]
    """Those that many have, the most frequent first."""


async def of(session: Session, process: OpenProcess, subjects: Collection[Subject]) -> Mapping[Subject, Reached]:
    """Of each of these that was told. One statement, none where there are none."""
    found = await arrivals.of(session, process.id, subjects) if subjects else {}
    return {subject: _reached(its) for subject, its in found.items()}


def _reached(its: Arrivals) -> Reached:
    informed, whys = 0, Counter[Why]()
    for outcome, number in its.numbers.items():
        if outcome.state in TOLD:
            informed += number
        elif outcome.code != Code.LINKED:
            whys[_why(outcome)] += number
    untold = counts.rounded(whys.total())
    rounded = [(why, counts.rounded(number)) for why, number in whys.most_common()]
    reasons = [(why, number) for why, number in rounded if number is not None]
    return Reached(its.sending, counts.rounded(informed), untold, [] if untold is None else reasons)


def _why(outcome: Outcome) -> Why:
    """Whoever was cut off while it left was told by no code of ours."""
    if outcome.state is State.UNKNOWN:
        return Why.UNKNOWN
    return CODES.get(outcome.code) or STATES.get(outcome.state, Why.REFUSED)
