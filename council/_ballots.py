"""What a ballot is and what a vote comes to, the same for every rule."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Ballot = frozenset[str]
"""The matters that one voter approves; an empty one approves none of them."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a vote came to.

    `counts`: the approvals of each matter. `order`: the most approved first; matters that stand together are tied.
    `adopted`: in the order of the list that was voted on; None under a rule that only puts in order.
    """

    voters: int
    counts: Mapping[str, int]
    order: tuple[tuple[str, ...], ...]
    adopted: tuple[str, ...] | None = None

    @property
    def ties(self) -> tuple[tuple[str, ...], ...]:
        """The matters between which this vote did not decide."""
        return tuple(together for together in self.order if len(together) > 1)


class NotOnTheList(ValueError):
    """A ballot approves something that was not put to this vote."""


def approvals(raw: Iterable[str]) -> Ballot:
    """Each matter once, however often it was named."""
    return frozenset(raw)


def count(ballots: Iterable[Ballot], matters: Sequence[str]) -> Result:
    """The approvals of every matter, and the order they make. Raises `NotOnTheList`."""
    cast = list(ballots)
    if not frozenset(matters).issuperset(matter for ballot in cast for matter in ballot):
        raise NotOnTheList
    counted = Counter(matter for ballot in cast for matter in ballot)
    counts = {matter: counted[matter] for matter in matters}
    heights = sorted(set(counts.values()), reverse=True)
    order = tuple(tuple(matter for matter in matters if counts[matter] == height) for height in heights)
    return Result(len(cast), counts, order)
