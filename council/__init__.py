"""Votes: kinds of ballot, and the rules that count them, one file each in `rules`: pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import msgspec

from council import rules
from council._ballots import APPROVALS, BallotKind, NotABallot, Result, in_order
from council._secrecy import LEAST_COUNTED, tellable

__all__ = [
    "APPROVALS",
    "LEAST_COUNTED",
    "BallotKind",
    "NotABallot",
    "Result",
    "Rule",
    "every_rule",
    "in_order",
    "tellable",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of `council/rules`: the kind of its ballots, and what they come to."""

    name: str
    kind: BallotKind[Any]
    count: Callable[[Sequence[Any], Sequence[str]], Result]
    """`tally` of the file: it is called with ballots that fit only."""

    def packed(self, ballot: Any) -> str:
        """A ballot as the text that is kept of it; equal ballots make equal texts."""
        return msgspec.json.encode(ballot, order="deterministic").decode()

    def unpacked(self, text: str) -> Any:
        """The ballot that was packed. Raises `NotABallot`."""
        try:
            return msgspec.json.decode(text, type=self.kind.holds)
        except msgspec.DecodeError as wrong:
            raise NotABallot from wrong

    def tally(self, ballots: Iterable[Any], matters: Sequence[str]) -> Result:
        """What these ballots come to, on the list of matters that was put to the vote. Raises `NotABallot`."""
        cast = list(ballots)
        if not all(self.kind.fits(ballot, matters) for ballot in cast):
            raise NotABallot
        return self.count(cast, matters)


@cache
def every_rule() -> Mapping[str, Rule]:
    """Every voting rule there is, by name: the files of `council/rules`."""
    names = (module.name for module in iter_modules(rules.__path__))
    return {name: _load(name) for name in sorted(names) if not name.startswith("_")}


def _load(name: str) -> Rule:
    file = import_module(f"council.rules.{name}")
    return Rule(name, file.kind, file.tally)
