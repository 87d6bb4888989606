"""Drawing who sits, and who follows when a seat stays empty, by a seed: the same seed draws the same people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256

from council.lots._limits import Pool, Quotas, check
from council.lots._lottery import WHOLE, Lottery, Panel, Profile, Report, lottery
from council.lots._seats import Requirement, check_seats, padded, seating, with_seats


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw gave, by the candidates' names."""

    members: tuple[str, ...]
    substitutes: tuple[str, ...]
    """All others, in the order in which they follow. Who has no chance under these quotas stands among them too."""
    chances: Mapping[str, Fraction]
    """How probable it was for each to be drawn; they sum to the number of seats."""


def draw(
    pool: Pool, quotas: Quotas, seats: int, seed: str, report: Report, requirements: Sequence[Requirement] = ()
) -> Drawn:
    """Draws so many from the pool. Raises `NotDrawable`.

    `requirements`: what the first seats require of who sits there, seat by seat. Then the members stand in the order
    of the seats, and each fits theirs.
    """
    if not any(requirements):
        return drawn_from(lottery(pool, quotas, seats, report), pool, seed)
    check(pool, quotas, seats)
    check_seats(pool, requirements)
    wide, limits = with_seats(pool, quotas, requirements, seats)
    drawn = drawn_from(lottery(wide, limits, seats, report), wide, seed)
    places = seating(padded(requirements, seats), [pool.candidates[name] for name in drawn.members])
    return replace(drawn, members=tuple(drawn.members[place] for place in places if place is not None))


def drawn_from(tickets: Lottery, pool: Pool, seed: str) -> Drawn:
    """First the seed chooses the panel, then who gets its seats among those who told the same."""
    panel = _panel(tickets, seed)
    members = [
        name
        for profile, names in sorted(_by_profile(tickets, pool).items())
        for name in _shuffled(seed, "member", names)[: panel.places.get(profile, 0)]
    ]
    others = set(pool.candidates).difference(members)
    substitutes = _shuffled(seed, "substitute", sorted(others))
    return Drawn(tuple(_shuffled(seed, "seat", members)), tuple(substitutes), chances(tickets, pool))


def chances(tickets: Lottery, pool: Pool) -> Mapping[str, Fraction]:
    """How probable it is for each candidate to be drawn. They sum to the number of seats, exactly."""
    expected: dict[Profile, int] = defaultdict(int)
    for panel in tickets.panels:
        for profile, places in panel.places.items():
            expected[profile] += panel.weight * places
    return {
        name: Fraction(expected[profile], WHOLE * len(names))
        for profile, names in _by_profile(tickets, pool).items()
        for name in names
    }


def _panel(tickets: Lottery, seed: str) -> Panel:
    """Each by its weight: the seed is a point on a line on which they lie one after the other."""
    point = int.from_bytes(_digest(seed, "panel", "")) * WHOLE >> 256
    for panel in tickets.panels:
        point -= panel.weight
        if point < 0:
            return panel
    raise AssertionError("the weights of all panels come to the whole")


def _by_profile(tickets: Lottery, pool: Pool) -> Mapping[Profile, Sequence[str]]:
    names: dict[Profile, list[str]] = defaultdict(list)
    for name, facts in sorted(pool.candidates.items()):
        names[tuple(facts[category] for category in tickets.categories)].append(name)
    return names


def _shuffled(seed: str, purpose: str, names: Sequence[str]) -> list[str]:
    """Who could foresee nothing of the seed could foresee nothing of this order."""
    return sorted(names, key=lambda name: _digest(seed, purpose, name))


def _digest(seed: str, purpose: str, name: str) -> bytes:
    return sha256(f"{seed}\n{purpose}\n{name}".encode()).digest()
