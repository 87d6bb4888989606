"""Seats that require something of who sits there: the quotas by which all can be filled, and who sits on which."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

import msgspec

from council.lots._limits import Facts, Limits, NotDrawable, Pool, Quotas

MOST_KINDS = 5
"""So many different things can the seats of one draw require: each group of them is a quota of its own."""
FITS, OTHERS = "fits", ""
"""The values of a category that is made here."""

Requirement = Mapping[str, str]
"""By category, the value that a seat requires of who sits there; empty: anybody can sit there."""
Kind = tuple[tuple[str, str], ...]
"""A requirement, as it can be compared."""


class Unfilled(NotDrawable):
    """Whoever is drawn, seats that require something stay empty: too few candidates fit them."""

    def __init__(self, requirements: Sequence[Requirement], seats: int) -> None:
        super().__init__()
        self.requirements = tuple(requirements)
        self.seats = seats
        """How many there are."""


class TooVaried(NotDrawable):
    """The seats require more different things than can be reckoned with."""


def check_seats(pool: Pool, requirements: Sequence[Requirement]) -> None:
    """Raises `NotDrawable` where not all of these seats could be filled, whatever the quotas."""
    kinds = _kinds(requirements)
    if len(kinds) > MOST_KINDS:
        raise TooVaried
    for group in _groups(list(kinds)):
        seats = sum(kinds[kind] for kind in group)
        if sum(_fits_any(facts, group) for facts in pool.candidates.values()) < seats:
            raise Unfilled([dict(kind) for kind in group], seats)


def with_seats(pool: Pool, quotas: Quotas, requirements: Sequence[Requirement], seats: int) -> tuple[Pool, Quotas]:
    """The same with one quota more for each group of requirements: so many at least fit any of them.

    By the marriage theorem (Hall 1935) these hold for those groups of people, and for no others, of which each seat
    gets somebody who fits it. Groups of which no candidate fits two parts follow from their parts, and are left out.
    """
    kinds = _kinds(requirements)
    groups = [group for group in _groups(list(kinds)) if _hangs_together(pool, group)]
    made = {packed([dict(kind) for kind in group]): group for group in groups}
    wide = {
        name: {**facts, **{category: FITS if _fits_any(facts, group) else OTHERS for category, group in made.items()}}
        for name, facts in pool.candidates.items()
    }
    limits = {category: {FITS: Limits(sum(kinds[kind] for kind in group), seats)} for category, group in made.items()}
    return Pool(wide), {**quotas, **limits}


def packed(requirements: Sequence[Requirement]) -> str:
    """What a category is called that is made of these: no fact is called so."""
    return msgspec.json.encode([dict(its) for its in requirements], order="deterministic").decode()


def unpacked(category: str) -> Sequence[Requirement]:
    """Of what a category is made; () of a fact's."""
    return msgspec.json.decode(category, type=list[dict[str, str]]) if category.startswith("[") else ()


def seating(requirements: Sequence[Requirement], people: Sequence[Facts]) -> Sequence[int | None]:
    """Which of these people sits on each seat, by their places in the list; None: it stays empty.

    Everybody sits somewhere where that is possible. Where it is not, whoever comes first in the list does: the same
    lists give the same seats.
    """
    taken: list[int | None] = [None] * len(requirements)
    for place in range(len(people)):
        _sits_down(place, requirements, people, taken, set())
    return taken


def all_sit(requirements: Sequence[Requirement], people: Sequence[Facts]) -> bool:
    """Whether each of them can sit on a seat of their own."""
    return sum(place is not None for place in seating(requirements, people)) == len(people)


def padded(requirements: Sequence[Requirement], seats: int) -> Sequence[Requirement]:
    """As many as there are seats: on the last ones anybody can sit."""
    return [*requirements, *({} for _seat in range(seats - len(requirements)))]


def fits(facts: Facts, requirement: Requirement) -> bool:
    return all(facts.get(category) == value for category, value in requirement.items())


def _sits_down(
    place: int, requirements: Sequence[Requirement], people: Sequence[Facts], taken: list[int | None], tried: set[int]
) -> bool:
    """On an empty seat, or on one whose holder can move to another."""
    fitting = [
        seat for seat, requirement in enumerate(requirements) if seat not in tried and fits(people[place], requirement)
    ]
    empty = next((seat for seat in fitting if taken[seat] is None), None)
    if empty is not None:
        taken[empty] = place
        return True
    for seat in fitting:
        before = taken[seat]
        if seat in tried or before is None:
            continue
        tried.add(seat)
        if _sits_down(before, requirements, people, taken, tried):
            taken[seat] = place
            return True
    return False


def _kinds(requirements: Sequence[Requirement]) -> Mapping[Kind, int]:
    """How many seats require each, in an order that follows from what they require."""
    counted = Counter(tuple(sorted(requirement.items())) for requirement in requirements if requirement)
    return dict(sorted(counted.items()))


def _groups(kinds: Sequence[Kind]) -> Sequence[tuple[Kind, ...]]:
    """All that are not empty, the smallest first."""
    return [group for size in range(1, len(kinds) + 1) for group in combinations(kinds, size)]


def _fits_any(facts: Facts, group: Sequence[Kind]) -> bool:
    return any(fits(facts, dict(kind)) for kind in group)


def _hangs_together(pool: Pool, group: Sequence[Kind]) -> bool:
    """Whether it falls into no two parts of which no candidate fits both."""
    fitting = [{kind for kind in group if fits(facts, dict(kind))} for facts in pool.candidates.values()]
    reached, left = {group[0]}, set(group[1:])
    while True:
        more = {kind for kinds in fitting if kinds & reached for kind in kinds & left}
        if not more:
            return not left
        reached, left = reached | more, left - more
