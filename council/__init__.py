"""Voting rules, one file each: pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from council._ballots import Ballot, NotOnTheList, Result

__all__ = ["Ballot", "NotOnTheList", "Result", "Rule", "rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of this folder."""

    name: str
    ballot: Callable[[Iterable[str]], Ballot]
    """What was chosen, as a valid ballot."""
    tally: Callable[[Iterable[Ballot], Sequence[str]], Result]
    """What these ballots come to, on the list of matters that was put to the vote."""


@cache
def rules() -> Mapping[str, Rule]:
    """Every voting rule there is, by name: the files of this folder."""
    names = (module.name for module in iter_modules(__path__))
    return {name: _load(name) for name in sorted(names) if not name.startswith("_")}


def _load(name: str) -> Rule:
    file = import_module(f"council.{name}")
    return Rule(name, file.ballot, file.tally)
