"""Approval: who votes approves any of the matters, and the approvals put them in order."""

from collections.abc import Sequence

from council._ballots import APPROVALS, Result, approvals

kind = APPROVALS


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str]) -> Result:
    """The order of priorities. Nothing is adopted or refused by it."""
    return approvals(ballots, matters)
