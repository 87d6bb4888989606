"""Votes: kinds of ballot, one file each in `ballots`, and the rules that count them, one file each in `rules`: pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import msgspec

from council import ballots, rules
from council._results import Result, in_order
from council._secrecy import LEAST_COUNTED, tellable
from council._terms import USUAL, Terms
from council.ballots import BallotKind, NotABallot

__all__ = [
    "LEAST_COUNTED",
    "USUAL",
    "BallotKind",
    "NotABallot",
    "Result",
    "Rule",
    "Terms",
    "every_kind",
    "every_rule",
    "in_order",
    "tellable",
]

ABSTAINED = "null"
"""As the ballot of who abstains is packed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of `council/rules`: the kind of its ballots, and what they come to.

    A ballot of `None` is that of somebody who abstains: it is counted in the turnout, and in nothing else.
    """

    name: str
    kind: BallotKind[Any]
    count: Callable[[Sequence[Any], Sequence[str], Terms], Result]
    """`tally` of the file: it is called with ballots that fit only, and with none of who abstains."""
    settles: frozenset[str] = frozenset()
    """Which of its `Terms` the organizers may settle."""

    def packed(self, ballot: Any) -> str:
        """A ballot as the text that is kept of it; equal ballots make equal texts."""
        return msgspec.json.encode(ballot, order="deterministic").decode()

    def unpacked(self, text: str) -> Any:
        """The ballot that was packed. Raises `NotABallot`."""
        if text == ABSTAINED:
            return None
        try:
            return msgspec.json.decode(text, type=self.kind.holds)
        except msgspec.DecodeError as wrong:
            raise NotABallot from wrong

    def tally(self, cast: Iterable[Any], matters: Sequence[str], terms: Terms = USUAL, roll: int = 0) -> Result:
        """What these ballots come to, on the list of matters that was put to the vote. Raises `NotABallot`.

        `roll`: how many might have voted, of whom a quorum is a part.
        """
        cast = list(cast)
        chosen = [ballot for ballot in cast if ballot is not None]
        if not all(self.kind.fits(ballot, matters, terms) for ballot in chosen):
            raise NotABallot
        result = replace(self.count(chosen, matters, terms), abstained=len(cast) - len(chosen))
        if result.adopted is None or not terms.quorum:
            return result
        is_met = len(cast) * 100 >= terms.quorum * roll
        return replace(result, quorum_met=is_met, adopted=result.adopted if is_met else ())


@cache
def every_rule() -> Mapping[str, Rule]:
    """Every voting rule there is, by name: the files of `council/rules`."""
    return {name: Rule(name, file.kind, file.tally, frozenset(file.settles)) for name, file in _files(rules)}


@cache
def every_kind() -> Mapping[str, BallotKind[Any]]:
    """Every kind of ballot there is, by name: the files of `council/ballots`."""
    return {name: file.kind for name, file in _files(ballots)}


def _files(folder: ModuleType) -> Iterable[tuple[str, Any]]:
    names = sorted(module.name for module in iter_modules(folder.__path__))
    return [(name, import_module(f"{folder.__name__}.{name}")) for name in names if not name.startswith("_")]
