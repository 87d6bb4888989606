"""A sum that is shared out: what each part of the voters gets of it, and what is never spent."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council import Result, Terms, every_rule
from council._markets import Market
from council.rules import equal_shares
from tests.council.spending import cost_of, slowly_spent

MATTERS = ("classes", "permits", "visas", "transfers", "schools")
ELECTIONS, SEED = 1000, 8


def spent(cast: list[Any], budget: int, **costs: int) -> Result:
    return every_rule()["equal_shares"].tally(cast, tuple(costs), Terms(budget=budget, costs=costs))


def ends_of(cast: list[frozenset[str]], costs: Mapping[str, int], budget: int) -> set[frozenset[str]]:
    """What may be paid for, with all that can stand in each other's place there."""
    ends, _ever = equal_shares.outcomes(Market(Counter(cast), costs), budget)
    return {swapped for end in ends for swapped in in_each_place(end, cast, costs)}


def in_each_place(
    end: frozenset[str], cast: list[frozenset[str]], costs: Mapping[str, int]
) -> Iterator[frozenset[str]]:
    kinds: dict[object, list[str]] = {}
    for matter, cost in costs.items():
        kinds.setdefault((cost, tuple(matter in ballot for ballot in cast)), []).append(matter)
    chosen = (combinations(kind, len(end & set(kind))) for kind in kinds.values())
    for parts in product(*chosen):
        yield frozenset(matter for part in parts for matter in part)


def shared_out(budget: int, *ballots: Mapping[str, int]) -> Result:
    return every_rule()["points"].tally(ballots, MATTERS[:3], Terms(budget=budget))


def some_ballots(chance: random.Random, most: int) -> list[frozenset[str]]:
    likely = chance.choice((0.2, 0.45, 0.7))
    voters = chance.randint(1, most)
    return [frozenset(matter for matter in MATTERS if chance.random() < likely) for _voter in range(voters)]


def some_costs(chance: random.Random, budget: int) -> dict[str, int]:
    return {matter: chance.randint(1, budget) for matter in MATTERS}


def some_elections(
    number: int = ELECTIONS, most: int = 7
) -> Iterator[tuple[list[frozenset[str]], dict[str, int], int]]:
    """Ballots, costs and a sum: the costs as different as can be, or all alike."""
    chance = random.Random(SEED)
    for election in range(number):
        budget = chance.randint(3, 24)
        costs = some_costs(chance, budget) if election % 3 else dict.fromkeys(MATTERS, chance.randint(1, budget))
        yield some_ballots(chance, most), costs, budget


def test_of_a_thousand_elections_each_comes_to_what_a_slow_count_finds() -> None:
    for cast, costs, budget in some_elections():
        assert ends_of(cast, costs, budget) == slowly_spent(cast, costs, budget)


def test_no_more_is_spent_than_there_is_and_nothing_for_what_nobody_approves() -> None:
    for cast, costs, budget in some_elections(most=40):
        wanted = frozenset[str]().union(*cast)
        for end in ends_of(cast, costs, budget):
            assert cost_of(end, costs) <= budget
            assert end <= wanted
            assert not any(cost_of(end | {matter}, costs) <= budget for matter in wanted - end)


def test_every_group_gets_what_its_part_of_the_sum_pays_for() -> None:
    """Extended justified representation, however ties are broken: who together are a part of the voters, and agree on
    matters that cost that part of the sum, have somebody among them who gets as many matters as these."""
    for cast, costs, budget in some_elections(300, most=12):
        ends = ends_of(cast, costs, budget)
        for size in range(1, len(MATTERS) + 1):
            for agreed in combinations(MATTERS, size):
                group = [ballot for ballot in cast if ballot.issuperset(agreed)]
                if group and len(group) * budget >= cost_of(frozenset(agreed), costs) * len(cast):
                    assert all(max(len(ballot & end) for ballot in group) >= size for end in ends)


@given(seed=st.integers(0, 2**32), names=st.permutations(MATTERS), data=st.data())
def test_neither_names_nor_the_order_of_ballots_change_what_is_bought(
    seed: int, names: list[str], data: st.DataObject
) -> None:
    chance = random.Random(seed)
    cast, costs = some_ballots(chance, 9), some_costs(chance, 12)
    renamed = dict(zip(MATTERS, names, strict=True))
    before = ends_of(cast, costs, 12)
    shuffled = [frozenset(renamed[matter] for matter in ballot) for ballot in data.draw(st.permutations(cast))]
    after = ends_of(shuffled, {renamed[matter]: costs[matter] for matter in names}, 12)
    assert after == {frozenset(renamed[matter] for matter in end) for end in before}


def test_a_minority_decides_about_its_part_of_the_sum() -> None:
    """As it is told of the rule: 49 of 100 decide about their half, and the 51 not about all of it."""
    reds, blues = [f"red{number}" for number in range(4)], [f"blue{number}" for number in range(4)]
    cast = [frozenset(reds)] * 51 + [frozenset(blues)] * 49
    costs = {name: 100 + 10 * place for side in (reds, blues) for place, name in enumerate(side)}
    assert spent(cast, 420, **costs).elected == ("red0", "red1", "blue0", "blue1")


RUNNING = ("ab", "ab", "ab", "ac", "ac", "ac", "ad", "ad", "bcf", "e", "f", "g")
"""The example that runs through Lackner and Skowron: Multi-Winner Voting with Approval Preferences."""


def test_the_running_example_with_shares_that_rise_in_small_steps() -> None:
    """Of 400 each has 33 1/3, and a costs its eight voters 12 1/2. Then nobody can pay 100. With 2 more each b or c is
    paid for, with 8 more both, with 30 more d: two voters have 50 5/6 left each, and f finds 76 2/3 at most."""
    costs = dict.fromkeys("abcdefg", 100)
    found = spent([frozenset(ballot) for ballot in RUNNING], 400, **costs)
    assert (found.elected, found.tied) == (("a", "b", "c", "d"), ())


def test_the_running_example_where_one_unit_is_too_much_is_filled_up_by_approvals() -> None:
    """Of 4 each has a third, which pays for a. With one unit more each everything would be paid for. So those come that
    most approve: b and c with 4, and then d or f with 2."""
    costs = dict.fromkeys("abcdefg", 1)
    found = spent([frozenset(ballot) for ballot in RUNNING], 4, **costs)
    assert (found.elected, found.tied) == (("a", "b", "c"), ("d", "f"))
    assert found.order == (("a", "b", "c"), ("d", "f"), ("e", "g"))


def test_a_sum_of_any_size_is_counted_at_once() -> None:
    """One unit after the other would be billions of steps."""
    chance = random.Random(SEED)
    cast = [frozenset(matter for matter in "abcdefghijkl" if chance.random() < 0.4) for _voter in range(2000)]
    costs = {matter: chance.randint(10**9, 4 * 10**10) for matter in "abcdefghijkl"}
    found = spent(cast, 10**11, **costs)
    assert found.elected
    assert sum(costs[matter] for matter in found.elected) <= 10**11


def test_what_is_bought_alike_by_all_is_tied() -> None:
    everything = frozenset("abcdefghijkl")
    found = spent([everything] * 9, 50, **dict.fromkeys(sorted(everything), 10))
    assert (found.elected, len(found.tied)) == ((), 12)


def test_who_each_want_something_of_their_own_are_tied() -> None:
    found = spent([frozenset({name}) for name in "abcdefghijkl"], 30, **dict.fromkeys("abcdefghijkl", 5))
    assert (found.elected, len(found.tied)) == ((), 12)


@pytest.mark.parametrize(
    ("budget", "sums", "parts", "tied"),
    [
        (10, (5, 3, 2), (5, 3, 2), ()),
        (7, (5, 3, 2), (4, 2, 1), ()),
        (10, (1, 1, 1), (3, 3, 3), (0, 1, 2)),
        (11, (1, 1, 1), (3, 3, 3), (0, 1, 2)),
        (3, (1, 1, 0), (1, 1, 0), (0, 1)),
        (12_000, (10, 0, 0), (12_000, 0, 0), ()),
    ],
)
def test_points_share_a_sum_out_by_largest_remainders(
    budget: int, sums: tuple[int, ...], parts: tuple[int, ...], tied: tuple[int, ...]
) -> None:
    ballots = [{matter: 1} for matter, number in zip(MATTERS, sums, strict=False) for _point in range(number)]
    found = shared_out(budget, *ballots)
    assert found.parts == dict(zip(MATTERS, parts, strict=False))
    assert found.tied == tuple(MATTERS[place] for place in tied)


def test_without_a_sum_points_have_no_parts() -> None:
    assert shared_out(0, {"classes": 3}).parts is None
    assert shared_out(100).parts is None
