"""What a vote comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """What a vote came to; nothing in it counts who abstained, but for `abstained`.

    `counts`: what each matter got: approvals, say. `order`: who got most first; matters that stand together are tied.
    `adopted`: what the rule adopts, in the order of the list that was voted on; None under a rule that adopts nothing.
    """

    voters: int
    counts: Mapping[str, int]
    order: tuple[tuple[str, ...], ...]
    adopted: tuple[str, ...] | None = None
    against: Mapping[str, int] = field(default_factory=dict)
    """How many said no to each, where the kind of ballot can say no."""
    most: int = 1
    """The most that one ballot adds to a count; 0: the counts tell too much of single ballots, or there are none."""
    elected: tuple[str, ...] | None = None
    """Who is chosen however a tie is broken, in the order of the list; None under a rule that chooses nobody."""
    tied: tuple[str, ...] = ()
    """Who is chosen or not by how a tie is broken: there are too few places, or too little money, for all of them.
    Where a sum has parts: who gets one unit more by that."""
    abstained: int = 0
    quorum_met: bool | None = None
    """Whether enough of the roll voted for anything to be adopted; None: the rule, or the round, asks for no quorum."""

    parts: Mapping[str, int] | None = None
    """How much of the sum each gets for sure, in whole units; what they lack of it is for who is `tied`. None: no sum
    was shared out in parts."""

    deciding: tuple[str, ...] = ()
    """Which of these the same voters approve decided it, and nothing else; (): only how many approve each, or put one
    above another."""

    @property
    def ties(self) -> tuple[tuple[str, ...], ...]:
        """The matters between which this vote did not decide."""
        return tuple(together for together in self.order if len(together) > 1)


def in_order(voters: int, counts: Mapping[str, int], most: int = 1) -> Result:
    """The most first; what got the same stands together."""
    heights: Iterable[int] = sorted(set(counts.values()), reverse=True)
    order = tuple(tuple(m for m in counts if counts[m] == height) for height in heights)
    return Result(voters, counts, order, most=most)
