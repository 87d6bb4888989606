"""Majority: a matter is adopted when strictly more than half of those who voted approve it."""

from collections.abc import Sequence
from dataclasses import replace

from council._ballots import APPROVALS, Result, approvals

kind = APPROVALS


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str]) -> Result:
    """What was adopted. Exactly half is not enough. Who approves nothing has voted; who did not vote is not counted."""
    result = approvals(ballots, matters)
    adopted = tuple(matter for matter in matters if result.counts[matter] * 2 > result.voters)
    return replace(result, adopted=adopted)
