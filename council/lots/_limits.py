"""Who can be drawn, and how many of whom a draw must and may give."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

NOT_SAID = ""
"""The value of a fact that somebody did not tell."""

Facts = Mapping[str, str]
"""By category of a quota: what a candidate told of themselves."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of those who are drawn, how many have a value: from `least` to `most`, both included."""

    least: int
    most: int


Quotas = Mapping[str, Mapping[str, Limits]]
"""By category and by value. A value that has no limits here may be drawn as often as it comes."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Who can be drawn: what each told, by an opaque name. In which order they stand changes nothing."""

    candidates: Mapping[str, Facts]

    def without(self, names: Collection[str]) -> "Pool":
        """Those who sit out are not drawn."""
        return Pool({name: facts for name, facts in self.candidates.items() if name not in names})


class NotDrawable(Exception):
    """Nobody can be drawn from this pool under these quotas; which child of it says what is to change."""


@dataclass(unsafe_hash=True)
class TooFew(NotDrawable):
    """There are fewer candidates than seats, or no seat."""

    candidates: int
    seats: int


@dataclass(unsafe_hash=True)
class Missing(NotDrawable):
    """Candidates have no entry for a category, not even "not said"."""

    category: str
    candidates: int


@dataclass(unsafe_hash=True)
class Contradicting(NotDrawable):
    """The limits of a category cannot hold for so many seats, whoever the candidates are."""

    category: str
    least: int
    most: int
    seats: int


def check(pool: Pool, quotas: Quotas, seats: int) -> None:
    """Raises `NotDrawable` where that can be seen without a search."""
    if not 0 < seats <= len(pool.candidates):
        raise TooFew(len(pool.candidates), seats)
    for category, limits in sorted(quotas.items()):
        missing = sum(category not in facts for facts in pool.candidates.values())
        if missing:
            raise Missing(category, missing)
        found = {facts[category] for facts in pool.candidates.values()}
        least = sum(limit.least for limit in limits.values())
        most = sum(limit.most for limit in limits.values()) if found <= set(limits) else seats
        if least > seats or most < seats or any(limit.least > limit.most for limit in limits.values()):
            raise Contradicting(category, least, most, seats)


def met(quotas: Quotas, members: Iterable[Facts]) -> bool:
    """Whether these people together keep all limits."""
    drawn = list(members)
    counted = {category: Counter(facts.get(category, NOT_SAID) for facts in drawn) for category in quotas}
    return all(
        limit.least <= counted[category][value] <= limit.most
        for category, limits in quotas.items()
        for value, limit in limits.items()
    )
