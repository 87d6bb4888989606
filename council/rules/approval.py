"""Approval: who votes approves any of the matters, and the approvals put them in order."""

from collections import Counter
from collections.abc import Sequence

from council._results import Result, in_order
from council._terms import Terms
from council.ballots import approvals

kind = approvals.kind
settles = ()


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str], _terms: Terms) -> Result:
    """The order of priorities. Nothing is adopted or refused by it."""
    counted = Counter(matter for ballot in ballots for matter in ballot)
    return in_order(len(ballots), {matter: counted[matter] for matter in matters})
