"""Points: who votes shares out so many points between the matters, and the sums put them in order."""

from collections.abc import Mapping, Sequence

from council._results import Result, in_order
from council._terms import Terms
from council.ballots import points

kind = points.kind
settles = ("points",)


def tally(ballots: Sequence[Mapping[str, int]], matters: Sequence[str], terms: Terms) -> Result:
    """The order of priorities, by how much they matter to the voters and not only to how many."""
    sums = {matter: sum(ballot.get(matter, 0) for ballot in ballots) for matter in matters}
    return in_order(len(ballots), sums, terms.points)
