"""What every voting rule keeps, and what each of them decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council import NotABallot, Result, Rule, every_rule, in_order
from tests.council.scored import scored

MATTERS = ("classes", "permits", "visas", "transfers")
OTHERS = ("schools", "doctors")
every_one = pytest.mark.parametrize("rule", every_rule().values(), ids=every_rule())
some_places = st.lists(st.integers(0, 30), max_size=12)
"""Where the ballots of a vote stand among the examples, over and over."""


def ballots(rule: Rule, places: Sequence[int], matters: Sequence[str] = MATTERS) -> list[Any]:
    examples = rule.kind.examples(matters)
    return [examples[place % len(examples)] for place in places]


@every_one
@given(places=some_places, data=st.data())
def test_the_order_of_ballots_changes_nothing(rule: Rule, places: list[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(places))
    assert rule.tally(ballots(rule, shuffled), MATTERS) == rule.tally(ballots(rule, places), MATTERS)


@every_one
@given(places=some_places, names=st.permutations(MATTERS))
def test_names_change_nothing(rule: Rule, places: list[int], names: list[str]) -> None:
    renamed = dict(zip(MATTERS, names, strict=True))
    before = rule.tally(ballots(rule, places), MATTERS)
    after = rule.tally(ballots(rule, places, names), names)
    assert after.counts == {renamed[matter]: number for matter, number in before.counts.items()}
    assert after.order == tuple(tuple(renamed[m] for m in together) for together in before.order)
    assert after.adopted == (None if before.adopted is None else tuple(renamed[m] for m in before.adopted))


@every_one
@given(places=some_places)
def test_who_is_equal_is_said_to_be_tied(rule: Rule, places: list[int]) -> None:
    found = rule.tally(ballots(rule, places), MATTERS)
    assert sorted(matter for together in found.order for matter in together) == sorted(MATTERS)
    for together in found.order:
        assert len({found.counts[matter] for matter in together}) == 1
        assert (together in found.ties) == (len(together) > 1)
    heights = [found.counts[together[0]] for together in found.order]
    assert heights == sorted(set(heights), reverse=True)


@every_one
@given(places=some_places)
def test_everybody_who_voted_is_counted(rule: Rule, places: list[int]) -> None:
    assert rule.tally(ballots(rule, places), MATTERS).voters == len(places)


@every_one
@given(places=some_places)
def test_what_is_adopted_has_the_approval_of_more_than_half(rule: Rule, places: list[int]) -> None:
    """So it is announced (`handlers/rounds/results.py`): a rule that adopts otherwise needs another sentence there."""
    found = rule.tally(ballots(rule, places), MATTERS)
    if found.adopted is not None:
        assert found.adopted == tuple(matter for matter in MATTERS if found.counts[matter] * 2 > found.voters)


@every_one
def test_a_ballot_counts(rule: Rule) -> None:
    assert len({str(rule.tally([ballot], MATTERS).counts) for ballot in rule.kind.examples(MATTERS)}) > 1


@every_one
def test_a_ballot_that_does_not_fit_is_refused(rule: Rule) -> None:
    fits, *_rest = rule.kind.examples(MATTERS)
    assert rule.kind.misfits(MATTERS)
    for misfit in (*rule.kind.misfits(MATTERS), max(rule.kind.examples(OTHERS), key=lambda b: len(rule.packed(b)))):
        with pytest.raises(NotABallot):
            rule.tally([fits, misfit], MATTERS)


@every_one
def test_a_packed_ballot_comes_back_the_same(rule: Rule) -> None:
    for ballot in rule.kind.examples(MATTERS):
        back = rule.unpacked(rule.packed(ballot))
        assert (back, type(back)) == (ballot, type(ballot))
        assert rule.packed(back) == rule.packed(ballot)


@every_one
def test_what_is_no_ballot_is_not_unpacked(rule: Rule) -> None:
    for text in ("", "null", "7", '"visas"', "[["):
        with pytest.raises(NotABallot):
            rule.unpacked(text)


@every_one
def test_without_ballots_everything_is_tied(rule: Rule) -> None:
    found = rule.tally([], MATTERS)
    assert found.voters == 0
    assert found.order == (MATTERS,)
    assert not found.adopted


CONTRACT: Sequence[Callable[[Rule], None]] = (
    test_the_order_of_ballots_changes_nothing,
    test_names_change_nothing,
    test_who_is_equal_is_said_to_be_tied,
    test_everybody_who_voted_is_counted,
    test_what_is_adopted_has_the_approval_of_more_than_half,
    test_a_ballot_counts,
    test_a_ballot_that_does_not_fit_is_refused,
    test_a_packed_ballot_comes_back_the_same,
    test_what_is_no_ballot_is_not_unpacked,
    test_without_ballots_everything_is_tied,
)


@pytest.fixture
def score() -> Iterator[Rule]:
    with scored() as rule:
        yield rule


@pytest.mark.parametrize("keeps", CONTRACT)
def test_a_new_rule_that_is_right_keeps_all_of_it(score: Rule, keeps: Callable[[Rule], None]) -> None:
    keeps(score)


Points = Sequence[Mapping[str, int]]


def _only_the_first_ballot(cast: Points, matters: Sequence[str]) -> Result:
    return in_order(len(cast), {matter: cast[0][matter] if cast else 0 for matter in matters})


def _in_the_order_of_names(cast: Points, matters: Sequence[str]) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, order=tuple(tuple(sorted(together)) for together in total.order))


def _without_ties(cast: Points, matters: Sequence[str]) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, order=tuple((matter,) for together in total.order for matter in together))


def _adopting_by_points(cast: Points, matters: Sequence[str]) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, adopted=tuple(matter for matter in matters if total.counts[matter] > 2 * len(cast)))


def _counting_nothing(cast: Points, matters: Sequence[str]) -> Result:
    return in_order(len(cast), dict.fromkeys(matters, 0))


@pytest.mark.parametrize(
    ("count", "broken"),
    [
        (_only_the_first_ballot, test_the_order_of_ballots_changes_nothing),
        (_in_the_order_of_names, test_names_change_nothing),
        (_without_ties, test_who_is_equal_is_said_to_be_tied),
        (_adopting_by_points, test_what_is_adopted_has_the_approval_of_more_than_half),
        (_counting_nothing, test_a_ballot_counts),
    ],
)
def test_a_rule_that_counts_wrongly_is_found(
    score: Rule, count: Callable[[Points, Sequence[str]], Result], broken: Callable[[Rule], None]
) -> None:
    with pytest.raises(AssertionError):
        broken(replace(score, count=count))


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"fits": lambda _points, _matters: True}, test_a_ballot_that_does_not_fit_is_refused),
        ({"misfits": lambda _matters: []}, test_a_ballot_that_does_not_fit_is_refused),
        ({"holds": dict[str, float]}, test_a_packed_ballot_comes_back_the_same),
        ({"holds": Any}, test_what_is_no_ballot_is_not_unpacked),
        ({"examples": lambda matters: [dict.fromkeys(matters, 5)]}, test_a_ballot_counts),
    ],
)
def test_a_kind_of_ballot_that_is_described_wrongly_is_found(
    score: Rule, wrong: dict[str, Any], broken: Callable[[Rule], None]
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        broken(replace(score, kind=replace(score.kind, **wrong)))


def test_a_rule_with_the_ballots_of_another_is_found(score: Rule) -> None:
    with pytest.raises(TypeError):
        test_a_ballot_counts(replace(score, kind=every_rule()["approval"].kind))


def result(rule: str, *approved: Sequence[str]) -> Result:
    return every_rule()[rule].tally([frozenset(matters) for matters in approved], MATTERS)


def test_approval_puts_in_order_and_adopts_nothing() -> None:
    found = result("approval", ["classes", "visas"], ["visas"], ["visas", "permits"], [])
    assert found.order == (("visas",), ("classes", "permits"), ("transfers",))
    assert found.ties == (("classes", "permits"),)
    assert found.adopted is None
    assert found.voters == 4


def test_a_majority_is_more_than_half_of_those_who_voted() -> None:
    assert result("majority", ["visas"], ["visas"], ["permits"]).adopted == ("visas",)


def test_exactly_half_is_no_majority() -> None:
    assert result("majority", ["visas"], ["visas"], [], []).adopted == ()


def test_who_approves_nothing_has_voted_all_the_same() -> None:
    assert result("majority", ["visas"]).adopted == ("visas",)
    assert result("majority", ["visas"], []).adopted == ()
