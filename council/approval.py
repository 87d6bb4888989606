"""Approval: who votes approves any of the matters, and the approvals put them in order."""

from collections.abc import Iterable, Sequence

from council._ballots import Ballot, Result, approvals, count


def ballot(raw: Iterable[str]) -> Ballot:
    """A valid ballot: any matters, or none."""
    return approvals(raw)


def tally(ballots: Iterable[Ballot], matters: Sequence[str]) -> Result:
    """The order of priorities. Nothing is adopted or refused by it. Raises `NotOnTheList`."""
    return count(ballots, matters)
