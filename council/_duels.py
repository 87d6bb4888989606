"""Matters two by two: how many voters put one above the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations

from council.ballots.rankings import Ranking

Duels = Mapping[tuple[str, str], int]
"""How many put the first matter of each pair above the second."""


def duels(rankings: Sequence[Ranking], matters: Sequence[str]) -> Duels:
    """Who is left out of a ranking stands below all that are in it; on one rank, or left out both, neither is above."""
    places = [(_places(ranking), voters) for ranking, voters in Counter(rankings).items()]
    below = len(matters)
    return {
        (upper, lower): sum(voters for place, voters in places if place.get(upper, below) < place.get(lower, below))
        for upper, lower in permutations(matters, 2)
    }


def _places(ranking: Ranking) -> dict[str, int]:
    return {matter: place for place, rank in enumerate(ranking) for matter in rank}


def layered(matters: Sequence[str], beats: Callable[[str, str], bool]) -> Iterable[tuple[str, ...]]:
    """Those that nobody beats, then those that nobody beats who is left, and so on.

    `beats` has no circles, so there always is somebody. Who stands together here was not decided between.
    """
    left = tuple(matters)
    while left:
        unbeaten = tuple(matter for matter in left if not any(beats(other, matter) for other in left))
        yield unbeaten
        left = tuple(matter for matter in left if matter not in unbeaten)
