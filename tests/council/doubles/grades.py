"""Grades, a voting rule of these tests: who votes grades each matter from 0 to 5; the sums put them in order."""

from collections.abc import Mapping, Sequence

from council import BallotKind, Result, Terms, in_order

MOST = 5


def _fits(points: Mapping[str, int], matters: Sequence[str], _terms: Terms) -> bool:
    return set(points) == set(matters) and all(0 <= number <= MOST for number in points.values())


def _examples(matters: Sequence[str]) -> list[dict[str, int]]:
    alike = [dict.fromkeys(matters, points) for points in range(MOST + 1)]
    apart = [{matter: (place + step) % (MOST + 1) for place, matter in enumerate(matters)} for step in range(MOST)]
    return alike + apart


def _misfits(matters: Sequence[str]) -> list[dict[str, int]]:
    too_much, too_little = dict.fromkeys(matters, MOST + 1), dict.fromkeys(matters, -1)
    return [too_much, too_little, dict.fromkeys(matters[1:], 1), dict.fromkeys((*matters, "something_else"), 1)]


kind: BallotKind[Mapping[str, int]] = BallotKind(dict[str, int], _fits, _examples, _misfits)
settles = ()


def tally(ballots: Sequence[Mapping[str, int]], matters: Sequence[str], _terms: Terms) -> Result:
    return in_order(len(ballots), {matter: sum(points[matter] for points in ballots) for matter in matters})
