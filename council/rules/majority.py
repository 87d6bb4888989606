"""Majority: a matter is adopted when strictly more than half of those who voted approve it."""

from collections.abc import Sequence
from dataclasses import replace

from council._results import Result
from council._terms import Terms
from council.ballots import approvals
from council.rules import approval

kind = approvals.kind
settles = ("quorum",)


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str], terms: Terms) -> Result:
    """What was adopted. Exactly half is not enough. Who approves nothing has voted; who did not vote is not counted."""
    result = approval.tally(ballots, matters, terms)
    adopted = tuple(matter for matter in matters if result.counts[matter] * 2 > result.voters)
    return replace(result, adopted=adopted)
