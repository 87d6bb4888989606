"""Majority: a matter is adopted when strictly more than half of those who voted approve it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from council._ballots import Ballot, Result, approvals, count


def ballot(raw: Iterable[str]) -> Ballot:
    """A valid ballot: any matters, or none. One that approves none counts among those who voted."""
    return approvals(raw)


def tally(ballots: Iterable[Ballot], matters: Sequence[str]) -> Result:
    """What was adopted. Exactly half is not enough, and who did not vote is not counted. Raises `NotOnTheList`."""
    result = count(ballots, matters)
    adopted = tuple(matter for matter in matters if result.counts[matter] * 2 > result.voters)
    return replace(result, adopted=adopted)
