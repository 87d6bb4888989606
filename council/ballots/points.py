"""Points: so many are shared out between the matters; what is not given away is lost."""

from collections.abc import Mapping, Sequence

from council._terms import POINTS, Terms
from council.ballots import BallotKind


def _fits(points: Mapping[str, int], matters: Sequence[str], terms: Terms) -> bool:
    """Who gives nothing away abstains."""
    given_away = points.values()
    return (
        set(points).issubset(matters)
        and all(number >= 1 for number in given_away)
        and 1 <= sum(given_away) <= terms.points
    )


def _examples(matters: Sequence[str]) -> list[dict[str, int]]:
    few = [dict.fromkeys(matters[:number], 1) for number in range(1, min(len(matters), POINTS) + 1)]
    all_to_one = [{matter: POINTS} for matter in matters]
    most = {**dict.fromkeys(matters[1:POINTS], 1), matters[0]: POINTS - len(matters[1:POINTS])}
    return [*few, *all_to_one, most]


def _misfits(matters: Sequence[str]) -> list[dict[str, int]]:
    return [{}, {matters[0]: POINTS + 1}, {matters[0]: 0}, {matters[0]: -1, matters[1]: 2}, {"something_else": 1}]


kind: BallotKind[Mapping[str, int]] = BallotKind(dict[str, int], _fits, _examples, _misfits)
