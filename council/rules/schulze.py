"""Schulze: of two matters the one stands above to which the stronger chain of majorities leads from the other."""

from collections.abc import Sequence
from itertools import permutations

from council._duels import Duels, duels, layered
from council._results import Result
from council._terms import Terms
from council.ballots import rankings
from council.ballots.rankings import Ranking

kind = rankings.kind
settles = ()


def tally(ballots: Sequence[Ranking], matters: Sequence[str], _terms: Terms) -> Result:
    """The order of priorities. Who wins against every other stands first. M. Schulze, arXiv:1804.02973."""
    paths = strongest_paths(duels(ballots, matters), matters)
    order = layered(matters, lambda upper, lower: upper != lower and paths[upper, lower] > paths[lower, upper])
    return Result(len(ballots), {}, tuple(order), most=0)


def strongest_paths(above: Duels, matters: Sequence[str]) -> Duels:
    """How strong the strongest chain of majorities is from one to the other: as strong as its weakest, in votes for."""
    paths = {pair: votes if votes > above[pair[::-1]] else 0 for pair, votes in above.items()}
    for between, upper, lower in ((b, u, v) for b in matters for u, v in permutations(matters, 2)):
        if between not in (upper, lower):
            paths[upper, lower] = max(paths[upper, lower], min(paths[upper, between], paths[between, lower]))
    return paths
