"""Borda: each matter gets a point for every other that a voter puts it above, and half a one for an equal."""

from collections.abc import Sequence

from council._duels import duels
from council._results import Result, in_order
from council._terms import Terms
from council.ballots import rankings
from council.ballots.rankings import Ranking

kind = rankings.kind
settles = ()


def tally(ballots: Sequence[Ranking], matters: Sequence[str], _terms: Terms) -> Result:
    """The order of priorities. Who is equal gets the average of the places that they take together.

    The counts are twice the points, so that they are whole: above counts 2, equal 1. They are not told.
    """
    above = duels(ballots, matters)
    others = len(matters) - 1
    counts = {
        matter: len(ballots) * others
        + sum(above[matter, other] - above[other, matter] for other in matters if other != matter)
        for matter in matters
    }
    return in_order(len(ballots), counts, most=0)
