"""Approvals: the matters that a voter approves, any of them, or none."""

from collections.abc import Sequence

from council._terms import Terms
from council.ballots import BallotKind


def _are_on_the_list(approved: frozenset[str], matters: Sequence[str], _terms: Terms) -> bool:
    return approved.issubset(matters)


def _examples(matters: Sequence[str]) -> list[frozenset[str]]:
    ends = range(len(matters) + 1)
    return [frozenset(part) for end in ends for part in (matters[:end], matters[end:])]


def _misfits(matters: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset({"something_else"}), frozenset({*matters, "something_else"})]


kind: BallotKind[frozenset[str]] = BallotKind(frozenset[str], _are_on_the_list, _examples, _misfits)
