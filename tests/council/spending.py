"""Equal shares counted a second time and slowly: every voter has a purse, and it grows unit by unit."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count

Way = frozenset[str]
Ballots = Sequence[frozenset[str]]


def slowly_spent(cast: Ballots, costs: Mapping[str, int], budget: int) -> set[Way]:
    """What can be paid for in the end, one set for each way of breaking ties."""
    if not any(cast):
        return {frozenset()}
    wanted = {option: cost for option, cost in costs.items() if any(option in ballot for ballot in cast)}
    ends = set()
    ways = slowly_bought(cast, wanted, Fraction(budget, len(cast)))
    for raised in count(1):
        full = {way for way in ways if not room(way, wanted, budget)}
        ends |= full
        ways -= full
        if not ways:
            break
        following = slowly_bought(cast, wanted, Fraction(budget, len(cast)) + raised)
        within = {way for way in following if cost_of(way, wanted) <= budget}
        if within != following:
            ends |= ways
        ways = within
    return {whole for end in ends for whole in filled_up(cast, end, wanted, budget)}


def slowly_bought(cast: Ballots, costs: Mapping[str, int], share: Fraction) -> set[Way]:
    """What voters buy who all have this share."""
    waiting, ways = [(frozenset[str](), (share,) * len(cast))], set()
    seen = set(waiting)
    while waiting:
        way, purses = waiting.pop()
        prices = {}
        for option in costs.keys() - way:
            held = sorted(purse for ballot, purse in zip(cast, purses, strict=True) if option in ballot)
            found = list(prices_of(held, costs[option]))
            if found:
                prices[option] = min(found)
        if not prices:
            ways.add(way)
        for option in (option for option, price in prices.items() if price == min(prices.values())):
            left = tuple(
                purse - min(purse, prices[option]) if option in ballot else purse
                for ballot, purse in zip(cast, purses, strict=True)
            )
            if (after := (way | {option}, left)) not in seen:
                seen.add(after)
                waiting.append(after)
    return ways


def prices_of(held: Sequence[Fraction], cost: int) -> Iterator[Fraction]:
    """Where so many of the poorest give all they have: what each of the others pays, if they can."""
    for poor in range(len(held)):
        price = (cost - sum(held[:poor], Fraction(0))) / (len(held) - poor)
        if (not poor or held[poor - 1] <= price) and price <= held[poor]:
            yield price


def filled_up(cast: Ballots, way: Way, costs: Mapping[str, int], budget: int) -> Iterator[Way]:
    left = room(way, costs, budget)
    if not left:
        yield way
    voices = {option: sum(option in ballot for ballot in cast) for option in left}
    for option in left:
        if voices[option] == max(voices.values()):
            yield from filled_up(cast, way | {option}, costs, budget)


def room(way: Way, costs: Mapping[str, int], budget: int) -> list[str]:
    return [option for option in costs if option not in way and costs[option] + cost_of(way, costs) <= budget]


def cost_of(way: Way, costs: Mapping[str, int]) -> int:
    return sum(costs[option] for option in way)
