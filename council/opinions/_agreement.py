"""What opinions come to: on what nearly everybody agrees, on what every group does, what is typical of one group."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import prod, sqrt

SURE = 1.2816
"""The z of 90 in 100, one-sided: `z-sig-90?` of Polis' `stats.clj`."""
MOST = 5
"""So many statements are named for each side, and for each group."""


class Side(StrEnum):
    """On which side people are of a statement."""

    FOR = "for"
    AGAINST = "against"


FOR, AGAINST = Side


@dataclass(frozen=True, slots=True)
class Tally:
    """How many said what about a statement."""

    agrees: int = 0
    disagrees: int = 0
    passes: int = 0

    @property
    def seen(self) -> int:
        """Everybody who said anything, "pass" included."""
        return self.agrees + self.disagrees + self.passes

    def on(self, side: Side) -> int:
        return self.agrees if side is FOR else self.disagrees

    def share(self, side: Side) -> Fraction:
        """Smoothed as Polis does: of nobody it is a half."""
        return Fraction(self.on(side) + 1, self.seen + 2)


def one_proportion(successes: int, trials: int) -> float:
    """How surely more than half are successes: `prop-test` of `stats.clj`, which adds one to both."""
    return 2 * sqrt(trials + 1) * ((successes + 1) / (trials + 1) - 0.5)


def two_proportions(inside: int, of_inside: int, outside: int, of_outside: int) -> float:
    """How surely the share is larger inside than outside: `two-prop-test` of `stats.clj`, which adds one to all."""
    inside, of_inside, outside, of_outside = inside + 1, of_inside + 1, outside + 1, of_outside + 1
    together = (inside + outside) / (of_inside + of_outside)
    if together >= 1:
        return 0.0
    width = sqrt(together * (1 - together) * (1 / of_inside + 1 / of_outside))
    return (inside / of_inside - outside / of_outside) / width


def group_informed(groups: Iterable[Tally], side: Side = FOR) -> Fraction:
    """The product over all groups of the share that agrees in it: one group that does not agree pulls it to nothing."""
    return prod((tally.share(side) for tally in groups), start=Fraction(1))


def consensus(tallies: Mapping[str, Tally], side: Side) -> Sequence[str]:
    """Up to five statements on which more than half are surely on this side, the clearest first.

    `select-consensus-comments` of `repness.clj`. Of two that are alike the first by name comes first.
    """

    def clear(name: str) -> float:
        tally = tallies[name]
        return float(tally.share(side)) * one_proportion(tally.on(side), tally.seen)

    sure = [
        name
        for name, tally in tallies.items()
        if 2 * tally.share(side) > 1 and one_proportion(tally.on(side), tally.seen) > SURE
    ]
    return _first(sure, clear)


@dataclass(frozen=True, slots=True)
class _Typical:
    """How much a side of a statement sets a group apart from everybody else."""

    side: Side
    share: float
    sure: float
    times: float
    """By how much its share is larger than that of the others."""
    apart: float

    @property
    def is_enough(self) -> bool:
        return self.apart > SURE and self.sure > SURE

    @property
    def weight(self) -> float:
        return self.times * self.apart * self.share * self.sure


def representative(inside: Mapping[str, Tally], outside: Mapping[str, Tally]) -> Sequence[tuple[str, Side]]:
    """Up to five statements that are typical of a group, with its side, those that it agrees with first.

    `select-rep-comments` of `repness.clj`, without its exception for a group of which nothing passes the tests: of
    that one nothing is said.
    """
    typical = {name: _typical(tally, outside[name]) for name, tally in inside.items()}
    enough = {name: its for name, its in typical.items() if its.is_enough}
    first = _first(enough, lambda name: enough[name].weight)
    return [(name, side) for side in Side for name in first if typical[name].side is side]


def _typical(inside: Tally, outside: Tally) -> _Typical:
    both = [_on(side, inside, outside) for side in Side]
    return both[0] if both[0].apart > both[1].apart else both[1]


def _on(side: Side, inside: Tally, outside: Tally) -> _Typical:
    return _Typical(
        side=side,
        share=float(inside.share(side)),
        sure=one_proportion(inside.on(side), inside.seen),
        times=float(inside.share(side) / outside.share(side)),
        apart=two_proportions(inside.on(side), inside.seen, outside.on(side), outside.seen),
    )


def _first(names: Iterable[str], weight: Callable[[str], float]) -> Sequence[str]:
    return sorted(names, key=lambda name: (-weight(name), name))[:MOST]
