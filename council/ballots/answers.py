"""Answers: yes or no to each matter; what a voter leaves out they abstain from."""

from collections.abc import Mapping, Sequence

from council._terms import Terms
from council.ballots import BallotKind


def _fits(answers: Mapping[str, bool], matters: Sequence[str], _terms: Terms) -> bool:
    """Who answers nothing abstains."""
    return bool(answers) and set(answers).issubset(matters)


def _examples(matters: Sequence[str]) -> list[dict[str, bool]]:
    first, last = matters[0], matters[-1]
    some = [{matter: place % 2 == odd for place, matter in enumerate(matters)} for odd in (0, 1)]
    return [{first: True}, {last: False}, *some, dict.fromkeys(matters, True), dict.fromkeys(matters, False)]


def _misfits(matters: Sequence[str]) -> list[dict[str, bool]]:
    return [{}, {"something_else": True}, dict.fromkeys((*matters, "something_else"), False)]


kind: BallotKind[Mapping[str, bool]] = BallotKind(dict[str, bool], _fits, _examples, _misfits, fewest_matters=1)
