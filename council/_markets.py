"""What voters can buy together, and who pays for it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import or_

Bought = frozenset[str]


@dataclass(slots=True)
class Market:
    """Who approves what, and what that costs: the same for every share."""

    groups: Mapping[frozenset[str], int]
    """How many approve the same."""
    costs: Mapping[str, int]
    options: Sequence[int] = field(init=False)
    """As bits; what would ask least of each first, if all of them could pay."""
    _names: Mapping[int, str] = field(init=False)
    _ballots: Counter[int] = field(init=False)
    _voices: Mapping[int, int] = field(init=False)
    _beside: Mapping[int, int] = field(init=False)
    _twins: Mapping[int, int] = field(init=False)
    _paying: dict[tuple[int, int], Sequence[tuple[int, int]]] = field(init=False, default_factory=dict)
    _kinds: dict[int, frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        bits = {option: 1 << place for place, option in enumerate(self.costs)}
        self._names = {bit: option for option, bit in bits.items()}
        self._ballots = Counter()
        for approved, voters in self.groups.items():
            self._ballots[sum(bits[option] for option in approved if option in bits)] += voters
        self._voices = {
            bit: sum(voters for ballot, voters in self._ballots.items() if ballot & bit) for bit in bits.values()
        }
        self._beside = {bit: reduce(or_, (its for its in self._ballots if its & bit), 0) for bit in bits.values()}
        alike: dict[object, int] = {}
        for option, bit in bits.items():
            kind = (self.costs[option], frozenset(ballot for ballot in self._ballots if ballot & bit))
            alike[kind] = alike.get(kind, 0) | bit
        self._twins = {bit: twins for twins in alike.values() for bit in bits.values() if bit & twins}
        self.options = sorted((bit for bit in bits.values() if self._voices[bit]), key=self.least)

    def least(self, option: int) -> Fraction:
        """What each pays at least, in units."""
        return Fraction(self.cost(option), self._voices[option])

    def cost(self, option: int) -> int:
        return self.costs[self._names[option]]

    def named(self, bought: int) -> Bought:
        return frozenset(name for bit, name in self._names.items() if bit & bought)

    def paying(self, bought: int, option: int) -> Sequence[tuple[int, int]]:
        """How many approve it, by what else they approve of what is bought."""
        if (bought, option) not in self._paying:
            parted: Counter[int] = Counter()
            for ballot, voters in self._ballots.items():
                if ballot & option:
                    parted[ballot & bought] += voters
            self._paying[bought, option] = tuple(parted.items())
        return self._paying[bought, option]

    def apart(self, equal: Iterable[int]) -> Iterator[int]:
        """Which of several options have to be bought first on ways of their own, so that no outcome is missed.

        Who pays for none of the others takes nothing from them: those come on every way. Of some that cost the same,
        and that the same approve, the first stands for all.
        """
        left = reduce(or_, equal, 0)
        together = left & -left
        before = 0
        while before != together:
            before = together
            together |= left & reduce(or_, map(self._beside.__getitem__, _bits(together)))
        for bit in _bits(together):
            if not self._twins[bit] & together & (bit - 1):
                yield bit

    def twins(self, option: str) -> Bought:
        """What costs the same, and the same approve, itself among them."""
        (bit,) = (bit for bit, name in self._names.items() if name == option)
        return self.named(self._twins[bit])

    def kinds(self, bought: int) -> frozenset[int]:
        """What is approved together of what is bought."""
        if bought not in self._kinds:
            self._kinds[bought] = frozenset(ballot & bought for ballot in self._ballots)
        return self._kinds[bought]


def _bits(several: int) -> Iterator[int]:
    while several:
        yield several & -several
        several &= several - 1
