"""Phragmén: so many are chosen that each part of the voters gets its share of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

from council._results import Result
from council._terms import Terms
from council.ballots import approvals

kind = approvals.kind
settles = ("elects",)

Loads = tuple[Fraction, ...]
"""How much each group of voters, who approve the same, has paid for who is chosen so far, per head."""
State = tuple[frozenset[str], Loads]


def tally(ballots: Sequence[frozenset[str]], matters: Sequence[str], terms: Terms) -> Result:
    """Who is chosen, one after the other: each costs one, which those who approve it share so that the load of who
    bears most stays as small as it can. L. E. Phragmén's sequential rule; see Brill et al., arXiv:2102.12305.

    Wherever several would do, every way is gone: who is chosen on each of them is elected, who on some is tied.
    """
    groups = Counter(ballots)
    chosen = _chosen(groups, matters, terms.elects)
    elected = frozenset.intersection(*chosen)
    tied = frozenset.union(*chosen) - elected
    tiers = ([m for m in matters if m in tier] for tier in (elected, tied, frozenset(matters) - elected - tied))
    order = tuple(tuple(tier) for tier in tiers if tier)
    return Result(
        len(ballots),
        {},
        order,
        most=0,
        elected=tuple(m for m in matters if m in elected),
        tied=tuple(m for m in matters if m in tied),
    )


def _chosen(groups: Counter[frozenset[str]], matters: Sequence[str], elects: int) -> list[frozenset[str]]:
    """Who is chosen, in each way there is. Whom nobody approves is never chosen: then places stay empty."""
    states: set[State] = {(frozenset(), (Fraction(0),) * len(groups))}
    for _place in range(elects):
        states = reduce(set.union, (set(_next(groups, matters, state)) for state in states), set())
    return [chosen for chosen, _loads in states]


def _next(groups: Counter[frozenset[str]], matters: Sequence[str], state: State) -> Iterator[State]:
    """One more is chosen: whoever leaves the smallest load. Where nobody is left whom anybody approves, as it is."""
    chosen, loads = state
    open_to = [m for m in matters if m not in chosen and any(m in approved for approved in groups)]
    if not open_to:
        yield state
        return
    load_with = {matter: _load(groups, loads, matter) for matter in open_to}
    least = min(load_with.values())
    for matter in (matter for matter in open_to if load_with[matter] == least):
        after = (least if matter in approved else load for approved, load in zip(groups, loads, strict=True))
        yield chosen | {matter}, tuple(after)


def _load(groups: Counter[frozenset[str]], loads: Loads, matter: str) -> Fraction:
    """What each who approves it would bear, if it were chosen now."""
    paying = [
        (voters, load) for (approved, voters), load in zip(groups.items(), loads, strict=True) if matter in approved
    ]
    return Fraction(1 + sum(voters * load for voters, load in paying), sum(voters for voters, _load in paying))
