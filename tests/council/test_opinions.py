"""The formulas of opinions, against values worked out by hand and against the slow way of doing the same."""

from collections import Counter
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from council.opinions import (
    AGAINST,
    FOR,
    Candidate,
    Tally,
    choose,
    consensus,
    group_informed,
    is_clustered,
    one_proportion,
    priority,
    representative,
    two_proportions,
)

COUNTS = some.integers(0, 200)
TALLIES = some.builds(Tally, COUNTS, COUNTS, COUNTS)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # Nobody has seen it: ((1 - 1/2) (0 + 1) 1/2 (1 + 8))^2.
        (Candidate("a"), 5.0625),
        # Ten saw it, eight agree, one passes: p = 2/12, a = 9/12, 1 + 8/4 = 3.
        (Candidate("a", 8, 1, 1), (10 / 12 * 9 / 12 * 3) ** 2),
        # The same, and it sets people apart.
        (Candidate("a", 8, 1, 1, 1.5), (10 / 12 * 2.5 * 9 / 12 * 3) ** 2),
    ],
)
def test_the_priority_is_that_of_polis(statement: Candidate, expected: float) -> None:
    assert priority(statement) == pytest.approx(expected)


def test_the_same_seed_draws_the_same_statement_whatever_their_order() -> None:
    statements = [Candidate(f"s{number}", number, 1, 1) for number in range(20)]
    assert choose(statements, "seed") == choose(statements[::-1], "seed")
    assert choose([], "seed") is None


def test_statements_are_drawn_as_often_as_their_priorities_say() -> None:
    statements = [Candidate("new"), Candidate("liked", 40, 5, 5), Candidate("passed", 2, 3, 45)]
    drawn = Counter(found.id for seed in range(5000) if (found := choose(statements, str(seed))) is not None)
    whole = sum(map(priority, statements))
    for statement in statements:
        expected = 5000 * priority(statement) / whole
        assert abs(drawn[statement.id] - expected) < 5 * sqrt(expected + 1)


@given(some.lists(some.builds(Candidate, some.uuids().map(str), COUNTS, COUNTS, COUNTS), min_size=1, max_size=9))
def test_what_is_drawn_is_one_of_them(statements: list[Candidate]) -> None:
    assert choose(statements, "any") in statements


def test_a_group_that_does_not_agree_pulls_the_product_down() -> None:
    agreeing = Tally(agrees=98, passes=2)
    # 99/102 each.
    assert group_informed([agreeing, agreeing]) == Fraction(99, 102) ** 2
    assert group_informed([agreeing, agreeing, Tally(disagrees=98)]) == Fraction(99, 102) ** 2 * Fraction(1, 100)
    assert group_informed([]) == 1


@given(some.lists(TALLIES, max_size=5))
def test_the_order_of_groups_changes_nothing(groups: list[Tally]) -> None:
    assert group_informed(groups) == group_informed(groups[::-1])
    assert 0 < group_informed(groups) <= 1


def test_the_tests_of_proportions_are_those_of_polis() -> None:
    # 2 sqrt(101) (61/101 - 1/2)
    assert one_proportion(60, 100) == pytest.approx(2.08958, abs=1e-5)
    assert one_proportion(0, 0) == 1.0
    # Of 41 in 51 and 11 in 51: (30/51) / sqrt(52/102 * 50/102 * 2/51)
    assert two_proportions(40, 50, 10, 50) == pytest.approx(5.94203, abs=1e-5)
    assert two_proportions(5, 5, 5, 5) == 0.0


@given(COUNTS, COUNTS)
def test_more_who_agree_are_surer(agrees: int, others: int) -> None:
    assert one_proportion(agrees + 1, agrees + others + 1) > one_proportion(agrees, agrees + others + 1)


def test_up_to_five_statements_are_named_for_each_side_the_clearest_first() -> None:
    liked = {f"liked{number}": Tally(agrees=90 - number, disagrees=10) for number in range(7)}
    tallies = {**liked, "disliked": Tally(10, 90), "mixed": Tally(50, 50), "passed": Tally(30, 5, 65)}
    assert consensus(tallies, FOR) == ["liked0", "liked1", "liked2", "liked3", "liked4"]
    assert consensus(tallies, AGAINST) == ["disliked"]


@given(some.dictionaries(some.text("abcdef", min_size=1, max_size=3), TALLIES, max_size=8))
def test_nothing_is_agreed_by_fewer_than_half(tallies: dict[str, Tally]) -> None:
    slowly = [
        name
        for name, tally in tallies.items()
        if (tally.agrees + 1) / (tally.seen + 2) > 0.5 and one_proportion(tally.agrees, tally.seen) > 1.2816
    ]
    found = consensus(tallies, FOR)
    assert set(found) <= set(slowly)
    assert len(found) == min(5, len(slowly))


def test_what_is_typical_of_a_group_sets_it_apart_from_the_others() -> None:
    inside = {"ours": Tally(45, 5), "theirs": Tally(4, 46), "everybody's": Tally(48, 2), "nobody's": Tally(25, 25)}
    outside = {"ours": Tally(20, 80), "theirs": Tally(70, 30), "everybody's": Tally(95, 5), "nobody's": Tally(50, 50)}
    assert representative(inside, outside) == [("ours", FOR), ("theirs", AGAINST)]


def test_who_said_little_stands_in_no_picture() -> None:
    assert not is_clustered(6, 30)
    assert is_clustered(7, 30)
    assert is_clustered(3, 3)
    assert not is_clustered(0, 0)
