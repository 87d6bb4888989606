"""Kinds of ballot, one file each, which several rules can share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from council._terms import Terms

B = TypeVar("B")
MOST_MATTERS = 12
"""More cannot be put to one vote."""


@dataclass(frozen=True, slots=True, eq=False)
class BallotKind(Generic[B]):
    """What a ballot holds. How people fill it in, and read it back, is its line in `PAPERS` of `flows/_papers`.

    `examples` and `misfits` are ballots on a list of matters under the usual terms, the same ones whatever the matters
    are called. Tests put them to everything that handles a ballot. Who abstains casts `None`, which is of every kind.
    """

    holds: Any
    """The type of a ballot, `B`, made of what JSON can hold."""
    fits: Callable[[B, Sequence[str], Terms], bool]
    """Whether this is a ballot on these matters, under these terms."""
    examples: Callable[[Sequence[str]], Sequence[B]]
    """The shortest and the longest ballot, and some between them."""
    misfits: Callable[[Sequence[str]], Sequence[B]]
    """Ballots that nobody can cast on these matters, one for each way of being wrong."""
    fewest_matters: int = 2
    most_matters: int = MOST_MATTERS
    """On how many matters such a ballot can be given."""


class NotABallot(ValueError):
    """This is no ballot of this vote: its matters, or its kind, are those of another."""
