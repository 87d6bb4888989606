"""Ranked pairs: the clearest majorities are settled first, and none that would contradict those before it."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from council._duels import Duels, duels, layered
from council._results import Result
from council._terms import Terms
from council.ballots import rankings
from council.ballots.rankings import Ranking

kind = rankings.kind
settles = ()

Pair = tuple[str, str]


def tally(ballots: Sequence[Ranking], matters: Sequence[str], _terms: Terms) -> Result:
    """The order of priorities. Who wins against every other stands first. T. N. Tideman, 1987."""
    settled = _settled(duels(ballots, matters))
    order = layered(matters, lambda upper, lower: _leads(settled, upper, lower))
    return Result(len(ballots), {}, tuple(order), most=0)


def _settled(above: Duels) -> Collection[Pair]:
    """The majorities that are settled however ties between equally clear ones are broken.

    `possible` are those that are settled by some way of breaking them. A majority is settled for sure where nothing
    that is possible leads the other way, and impossible where what is sure does.
    """
    sure: set[Pair] = set()
    possible: set[Pair] = set()
    for equals in _clearest_first(above):
        left = [(upper, lower) for upper, lower in equals if not _leads(sure, lower, upper)]
        possible.update(left)
        sure.update((upper, lower) for upper, lower in left if not _leads(possible, lower, upper))
    return sure


def _clearest_first(above: Duels) -> Iterator[list[Pair]]:
    """Majorities by how many are for them, and of equally many by how few are against."""

    def clearness(pair: Pair) -> tuple[int, int]:
        return above[pair], -above[pair[::-1]]

    majorities = [pair for pair in above if above[pair] > above[pair[::-1]]]
    for _clearness, equals in groupby(sorted(majorities, key=clearness, reverse=True), clearness):
        yield list(equals)


def _leads(pairs: Collection[Pair], upper: str, lower: str) -> bool:
    """Whether one stands above the other by these pairs, over others between them too."""
    reached, left = {upper}, [upper]
    while left:
        place = left.pop()
        further = {below for above, below in pairs if above == place} - reached
        reached |= further
        left.extend(further)
    return lower != upper and lower in reached
