"""Rankings: the matters from the first rank to the last, some on one rank; who is left out stands below all."""

from collections.abc import Sequence

from council._terms import Terms
from council.ballots import BallotKind

Ranking = tuple[tuple[str, ...], ...]
"""The first rank first; on each the matters in the order of the list, so that equal ballots are written alike."""
MOST_MATTERS = 10
"""More than so many nobody ranks in a text message."""


def _fits(ranking: Ranking, matters: Sequence[str], _terms: Terms) -> bool:
    """Who ranks nothing abstains."""
    ranked = [matter for rank in ranking for matter in rank]
    if not ranked or len(set(ranked)) < len(ranked) or not set(ranked).issubset(matters):
        return False
    return all(rank == tuple(matter for matter in matters if matter in rank) for rank in ranking if rank) and all(
        ranking
    )


def _examples(matters: Sequence[str]) -> list[Ranking]:
    shortened = [tuple((matter,) for matter in matters[:number]) for number in range(1, len(matters) + 1)]
    pairs: Ranking = tuple(tuple(matters[place : place + 2]) for place in range(0, len(matters), 2))
    backwards = tuple((matter,) for matter in reversed(matters))
    return [*shortened, backwards, pairs, pairs[::-1], (tuple(matters),), (tuple(matters[1:]),)]


def _misfits(matters: Sequence[str]) -> list[Ranking]:
    first, second, *_rest = matters
    return [(), ((),), ((first,), (first,)), ((second, first),), ((first,), ()), (("something_else",),)]


kind: BallotKind[Ranking] = BallotKind(Ranking, _fits, _examples, _misfits, most_matters=MOST_MATTERS)
