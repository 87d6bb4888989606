"""What voters buy together out of equal purses, and up to which larger purses they buy the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from council._markets import Bought, Market

Amount = tuple[int, int]
"""Money at the share of now, and how much more it is with every unit by which that share is larger."""
Purses = tuple[tuple[int, Amount], ...]
"""What each has left who approves the same of what is bought: by those options, as bits."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is bought with one share."""

    ways: frozenset[Bought]
    until: Fraction | None
    """With any larger share below this one it is bought in the same ways; None: with any."""


@dataclass(frozen=True, slots=True)
class _State:
    bought: int
    """As bits."""
    scale: int
    """The purses are in parts of a unit: so many are one."""
    purses: Purses


@dataclass(frozen=True, slots=True)
class _Price:
    """What each pays who can, for one option."""

    option: int
    amount: Amount
    """What all of them pay together..."""
    heads: int
    """...who are so many; in the scale of the state."""

    @property
    def each(self) -> Fraction:
        return Fraction(self.amount[0], self.heads)


@dataclass(slots=True)
class _Turn:
    """How much more each share has to be until two amounts that were compared change places."""

    ahead: Fraction | None = None

    def between(self, now: int, more: int) -> None:
        """`now`, `more`: by how much one of them is larger than the other."""
        if not more:
            return
        behind, step = (-now, more) if more > 0 else (now, -more)
        if behind < 0:
            return
        if self.ahead is None or behind * self.ahead.denominator < self.ahead.numerator * step:
            self.ahead = Fraction(behind, step)


def course(market: Market, share: Fraction) -> Course:
    """Everybody has this share. As long as those who approve something can pay for it together, they buy what asks
    least of whoever pays most: each of them pays the same, and who has less pays all that they have.
    """
    turn = _Turn()
    states = {_State(0, share.denominator, ((0, (share.numerator, share.denominator)),))}
    ways = set()
    while states:
        after: set[_State] = set()
        for state in states:
            following = list(_next(market, turn, state))
            after.update(following)
            if not following:
                ways.add(market.named(state.bought))
        states = after
    return Course(frozenset(ways), None if turn.ahead is None else share + turn.ahead)


def _next(market: Market, turn: _Turn, state: _State) -> Iterator[_State]:
    """Wherever several ask equally little, each of them is bought on a way of its own."""
    prices = _prices(market, turn, state)
    if not prices:
        return
    cheapest = min(prices, key=lambda price: price.each)
    equal = {price.option: price for price in prices if price.each == cheapest.each}
    for option in market.apart(equal):
        yield _after(market, state, equal[option])
    for price in prices:
        turn.between(
            price.amount[0] * cheapest.heads - cheapest.amount[0] * price.heads,
            price.amount[1] * cheapest.heads - cheapest.amount[1] * price.heads,
        )
    for option in market.options:
        least = market.least(option)
        if not option & state.bought and least * state.scale > cheapest.each:
            turn.between(
                least.numerator * state.scale * cheapest.heads - cheapest.amount[0] * least.denominator,
                -cheapest.amount[1] * least.denominator,
            )


def _prices(market: Market, turn: _Turn, state: _State) -> Sequence[_Price]:
    """Of everything that could ask least of each: what asks more, even if all could pay, is passed over."""
    purses = dict(state.purses)
    prices: list[_Price] = []
    lowest: Fraction | None = None
    for option in market.options:
        if option & state.bought:
            continue
        if lowest is not None and market.least(option) * state.scale > lowest:
            break
        paying = [(*purses[kind], voters) for kind, voters in market.paying(state.bought, option)]
        price = _price(turn, option, paying, market.cost(option) * state.scale)
        if price is not None:
            prices.append(price)
            lowest = price.each if lowest is None else min(lowest, price.each)
    return prices


def _price(turn: _Turn, option: int, paying: list[tuple[int, int, int]], cost: int) -> _Price | None:
    """None: they cannot pay for it together. `paying`: what is in a purse, and how many have such a one."""
    together = sum(now * voters for now, _more, voters in paying)
    turn.between(together - cost, sum(more * voters for _now, more, voters in paying))
    if together < cost:
        return None
    left, more_left, heads = cost, 0, sum(voters for _now, _more, voters in paying)
    for now, more, voters in sorted(paying):
        if now * heads >= left:
            break
        left, more_left, heads = left - now * voters, more_left - more * voters, heads - voters
    for now, more, _voters in paying:
        turn.between(now * heads - left, more * heads - more_left)
    return _Price(option, (left, more_left), heads)


def _after(market: Market, state: _State, price: _Price) -> _State:
    bought, (paid, more_paid) = state.bought | price.option, price.amount
    before, purses = dict(state.purses), {}
    for kind in market.kinds(bought):
        now, more = (part * price.heads for part in before[kind & state.bought])
        if kind & price.option:
            now, more = (now - paid, more - more_paid) if now > paid else (0, 0)
        purses[kind] = (now, more)
    scale = state.scale * price.heads
    whole = gcd(scale, *(part for amount in purses.values() for part in amount))
    parts = ((kind, (now // whole, more // whole)) for kind, (now, more) in sorted(purses.items()))
    return _State(bought, scale // whole, tuple(parts))
