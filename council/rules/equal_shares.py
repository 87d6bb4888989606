"""Equal shares: a sum is spent so that each part of the voters decides about its part of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

from council._markets import Bought, Market
from council._purses import course
from council._results import Result
from council._terms import Terms
from council.ballots import approvals

kind = approvals.kind
settles = ("budget", "costs")

ONE = 1
"""The sum, and what each matter costs, where nothing is settled."""


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str], terms: Terms) -> Result:
    """What the sum pays for. D. Peters, G. Pierczyński, P. Skowron: Proportional Participatory Budgeting with Additive
    Utilities, arXiv:2008.13276, with approval utilities: whatever it costs, what somebody approves is worth one to
    them.

    Everybody who voted has an equal share of the sum in their hands, and only who approves something pays for it.
    What is left is spent by the completion Add1U of https://equalshares.net: everybody's share is raised by one unit
    of the currency after the other and all is bought anew, until nothing more fits or too much would be spent; then
    what most approve of what fits comes first. What nobody approves is never paid for.

    Wherever several would do, every way is gone: what is paid for on each of them is elected, what on some is tied.
    """
    costs = {matter: terms.costs.get(matter, ONE) for matter in matters}
    market = Market(Counter(ballots), costs)
    ends, ever = outcomes(market, terms.budget or ONE)
    elected = {m for m in matters if all(market.twins(m) <= end for end in ends)}
    tied = {m for m in matters if any(market.twins(m) & end for end in ends)} - elected
    tiers = ([m for m in matters if m in tier] for tier in (elected, tied, set(matters) - elected - tied))
    return Result(
        len(ballots),
        {},
        tuple(tuple(tier) for tier in tiers if tier),
        most=0,
        elected=tuple(m for m in matters if m in elected),
        tied=tuple(m for m in matters if m in tied),
        deciding=tuple(m for m in matters if market.twins(m) & ever),
    )


def outcomes(market: Market, budget: int) -> tuple[set[Bought], Bought]:
    """What may be paid for, one set for each way of breaking ties, wherever they come up; and all that was bought with
    any share. What costs the same, and the same approve, takes each other's place: of those the first are there."""
    voices = {matter: sum(its for ballot, its in market.groups.items() if matter in ballot) for matter in market.costs}
    wanted = {matter: cost for matter, cost in market.costs.items() if voices[matter]}
    if not wanted:
        return {frozenset()}, frozenset()
    raised, ever = _raised(market, wanted, budget)
    return _by_approvals(market, raised, voices, wanted, budget), ever


def _raised(market: Market, costs: Mapping[str, int], budget: int) -> tuple[set[Bought], Bought]:
    """Add1, in as many steps as something changes. At each step ties may be broken anew."""
    first, raised = Fraction(budget, sum(market.groups.values())), 0
    found = course(market, first)
    ends, ever = set[Bought](), frozenset[str]().union(*found.ways)
    while True:
        fitting = {way for way in found.ways if _cost(way, costs) <= budget}
        going_on = {way for way in fitting if _affordable(way, costs, budget)}
        ends |= fitting - going_on
        if not going_on:
            return ends, ever
        following = raised + 1 if found.until is None else max(raised + 1, ceil(found.until - first))
        again = found.ways if following > raised + 1 else frozenset[Bought]()
        found, raised = course(market, first + following), following
        ever = ever.union(*found.ways)
        if any(_cost(way, costs) > budget for way in (*again, *found.ways)):
            ends |= going_on


def _by_approvals(
    market: Market, ways: set[Bought], voices: Mapping[str, int], costs: Mapping[str, int], budget: int
) -> set[Bought]:
    """The utilitarian completion: of what still fits what most approve is added first."""
    ends: set[Bought] = set()
    while ways:
        after: set[Bought] = set()
        for way in ways:
            fitting = _affordable(way, costs, budget)
            most = max((voices[matter] for matter in fitting), default=0)
            best = [matter for matter in fitting if voices[matter] == most]
            firsts = {min(market.twins(matter) - way, key=best.index) for matter in best}
            after |= {way | {matter} for matter in firsts}
            if not fitting:
                ends.add(way)
        ways = after
    return ends


def _affordable(way: Bought, costs: Mapping[str, int], budget: int) -> list[str]:
    left = budget - _cost(way, costs)
    return [matter for matter, cost in costs.items() if matter not in way and cost <= left]


def _cost(way: Bought, costs: Mapping[str, int]) -> int:
    return sum(costs[matter] for matter in way)
