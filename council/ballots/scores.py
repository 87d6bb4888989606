"""Scores: from 0 to 5 points for each matter; what a voter leaves out gets none."""

from collections.abc import Mapping, Sequence

from council._terms import Terms
from council.ballots import BallotKind

MOST = 5


def _fits(scores: Mapping[str, int], matters: Sequence[str], _terms: Terms) -> bool:
    """No points are left out, so that equal ballots are written alike."""
    return set(scores).issubset(matters) and all(1 <= score <= MOST for score in scores.values())


def _examples(matters: Sequence[str]) -> list[dict[str, int]]:
    alike = [dict.fromkeys(matters, score) for score in range(1, MOST + 1)]
    apart = [{matter: (place + step) % MOST + 1 for place, matter in enumerate(matters)} for step in range(MOST)]
    return [{}, {matters[0]: MOST}, {matters[-1]: 1}, *alike, *apart]


def _misfits(matters: Sequence[str]) -> list[dict[str, int]]:
    too_much, too_little = dict.fromkeys(matters, MOST + 1), dict.fromkeys(matters, -1)
    return [too_much, too_little, {matters[0]: 0}, dict.fromkeys((*matters, "something_else"), 1)]


kind: BallotKind[Mapping[str, int]] = BallotKind(dict[str, int], _fits, _examples, _misfits)
