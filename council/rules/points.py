"""Points: who votes shares out so many points between the matters, and the sums put them in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from council._results import Result, in_order
from council._terms import Terms
from council.ballots import points

kind = points.kind
settles = ("points", "budget")


def tally(ballots: Sequence[Mapping[str, int]], matters: Sequence[str], terms: Terms) -> Result:
    """The order of priorities, by how much they matter to the voters and not only to how many; and each one's part of
    the sum, where there is one."""
    sums = {matter: sum(ballot.get(matter, 0) for ballot in ballots) for matter in matters}
    result = in_order(len(ballots), sums, terms.points)
    if not (terms.budget and ballots):
        return result
    parts, tied = _parts(sums, terms.budget)
    return replace(result, parts=parts, tied=tied)


def _parts(sums: Mapping[str, int], budget: int) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """In proportion to the points, in whole units, by largest remainders (Hamilton); and between whom the last units
    are not decided, because their remainders are equal."""
    whole = sum(sums.values())
    parts = {matter: points * budget // whole for matter, points in sums.items()}
    rest = {matter: points * budget % whole for matter, points in sums.items()}
    left = budget - sum(parts.values())
    for remainder in sorted(set(rest.values()), reverse=True):
        equal = [matter for matter in sums if rest[matter] == remainder]
        if len(equal) > left:
            return parts, tuple(equal) if left else ()
        parts |= {matter: parts[matter] + 1 for matter in equal}
        left -= len(equal)
    return parts, ()
