"""Kinds of ballot, which several rules can share, and what a vote comes to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

B = TypeVar("B")


@dataclass(frozen=True, slots=True, eq=False)
class BallotKind(Generic[B]):
    """What a ballot holds. How people fill it in, and read it back, is its line in `PAPERS` of `flows/vote.py`.

    `examples` and `misfits` are ballots on a list of matters, the same ones whatever the matters are called. Tests
    put them to everything that handles a ballot.
    """

    holds: Any
    """The type of a ballot, `B`, made of what JSON can hold."""
    fits: Callable[[B, Sequence[str]], bool]
    """Whether this is a ballot on these matters."""
    examples: Callable[[Sequence[str]], Sequence[B]]
    """The shortest and the longest ballot, and some between them."""
    misfits: Callable[[Sequence[str]], Sequence[B]]
    """Ballots that nobody can cast on these matters, one for each way of being wrong."""


def _are_on_the_list(approved: frozenset[str], matters: Sequence[str]) -> bool:
    return approved.issubset(matters)


def _some_approvals(matters: Sequence[str]) -> list[frozenset[str]]:
    ends = range(len(matters) + 1)
    return [frozenset(part) for end in ends for part in (matters[:end], matters[end:])]


def _approvals_of_something_else(matters: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset({"something_else"}), frozenset({*matters, "something_else"})]


APPROVALS: BallotKind[frozenset[str]] = BallotKind(
    frozenset[str], _are_on_the_list, _some_approvals, _approvals_of_something_else
)
"""The matters that a voter approves: any of them, or none."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a vote came to.

    `counts`: what each matter got: approvals, say. `order`: who got most first; matters that stand together are tied.
    `adopted`: what more than half of the voters approve, in the order of the list that was voted on; None under a rule
    that only puts in order.
    """

    voters: int
    counts: Mapping[str, int]
    order: tuple[tuple[str, ...], ...]
    adopted: tuple[str, ...] | None = None

    @property
    def ties(self) -> tuple[tuple[str, ...], ...]:
        """The matters between which this vote did not decide."""
        return tuple(together for together in self.order if len(together) > 1)


class NotABallot(ValueError):
    """This is no ballot of this vote: its matters, or its kind, are those of another."""


def approvals(ballots: Sequence[frozenset[str]], matters: Sequence[str]) -> Result:
    """The approvals of every matter, and the order they make."""
    counted = Counter(matter for ballot in ballots for matter in ballot)
    return in_order(len(ballots), {matter: counted[matter] for matter in matters})


def in_order(voters: int, counts: Mapping[str, int]) -> Result:
    """The most first; what got the same stands together."""
    heights: Iterable[int] = sorted(set(counts.values()), reverse=True)
    return Result(voters, counts, tuple(tuple(m for m in counts if counts[m] == height) for height in heights))
