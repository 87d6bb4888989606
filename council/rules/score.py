"""Score: who votes gives each matter from 0 to 5 points, and the sums put them in order."""

from collections.abc import Mapping, Sequence

from council._results import Result, in_order
from council._terms import Terms
from council.ballots import scores

kind = scores.kind
settles = ()


def tally(ballots: Sequence[Mapping[str, int]], matters: Sequence[str], _terms: Terms) -> Result:
    """The order of priorities. Who leaves a matter out gives it no points."""
    sums = {matter: sum(ballot.get(matter, 0) for ballot in ballots) for matter in matters}
    return in_order(len(ballots), sums, scores.MOST)
