"""What every voting rule keeps, and what each of them decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council import NotABallot, Result, Rule, Terms, every_kind, every_rule, in_order
from tests.council.scored import scored

MATTERS = ("classes", "permits", "visas", "transfers")
OTHERS = ("schools", "doctors")
every_one = pytest.mark.parametrize("rule", every_rule().values(), ids=every_rule())
some_places = st.lists(st.integers(0, 30), max_size=12)
"""Where the ballots of a vote stand among the examples, over and over."""


def ballots(rule: Rule, places: Sequence[int], matters: Sequence[str] = MATTERS) -> list[Any]:
    examples = [None, *rule.kind.examples(matters)]
    return [examples[place % len(examples)] for place in places]


def on_this_list(ballot: Any) -> Any:
    """A ranking on another list of the same matters, written as it is on ours."""
    if not isinstance(ballot, tuple):
        return ballot
    return tuple(tuple(sorted(rank, key=MATTERS.index)) for rank in ballot)


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
    assert after.against == {renamed[matter]: number for matter, number in before.against.items()}
    assert after.order == tuple(tuple(renamed[m] for m in together) for together in before.order)
    assert after.adopted == (None if before.adopted is None else tuple(renamed[m] for m in before.adopted))
    assert after.elected == (None if before.elected is None else tuple(renamed[m] for m in before.elected))
    assert after.tied == tuple(renamed[m] for m in before.tied)


@every_one
@given(places=some_places)
def test_who_is_equal_is_said_to_be_tied(rule: Rule, places: list[int]) -> None:
    found = rule.tally(ballots(rule, places), MATTERS)
    assert sorted(matter for together in found.order for matter in together) == sorted(MATTERS)
    for together in found.order:
        assert (together in found.ties) == (len(together) > 1)
    if found.counts:
        heights = [[found.counts[m] - found.against.get(m, 0) for m in together] for together in found.order]
        assert all(len(set(together)) == 1 for together in heights)
        firsts = [together[0] for together in heights]
        assert firsts == sorted(set(firsts), reverse=True)


@every_one
@given(places=some_places, two=st.sampled_from([(0, 1), (0, 3), (1, 2)]))
def test_what_voters_put_alike_is_tied(rule: Rule, places: list[int], two: tuple[int, int]) -> None:
    """Every ballot is cast once more with two matters in each other's place: no vote can decide between these."""
    first, second = (MATTERS[place] for place in two)
    swapped = [{first: second, second: first}.get(matter, matter) for matter in MATTERS]
    mirrored = [on_this_list(ballot) for ballot in ballots(rule, places, swapped)]
    found = rule.tally([*ballots(rule, places), *mirrored], MATTERS)
    assert any({first, second} <= set(together) for together in found.order)
    for chosen in (found.adopted, found.elected, found.tied):
        assert chosen is None or (first in chosen) == (second in chosen)


@every_one
@given(places=some_places)
def test_everybody_who_voted_is_counted(rule: Rule, places: list[int]) -> None:
    found = rule.tally(ballots(rule, places), MATTERS)
    assert found.voters + found.abstained == len(places)


@every_one
@given(places=some_places, more=st.integers(0, 5))
def test_who_abstains_changes_nothing_else(rule: Rule, places: list[int], more: int) -> None:
    without, cast = rule.tally(ballots(rule, places), MATTERS), [*ballots(rule, places), *[None] * more]
    assert rule.tally(cast, MATTERS) == replace(without, abstained=without.abstained + more)


@every_one
@given(places=some_places)
def test_what_is_adopted_is_what_it_is_announced_as(rule: Rule, places: list[int]) -> None:
    """As in `ADOPTED` of `handlers/rounds/results.py`: a rule that adopts otherwise needs another sentence there."""
    found = rule.tally(ballots(rule, places), MATTERS)
    if found.adopted is not None and found.against:
        assert found.adopted == tuple(matter for matter in MATTERS if found.counts[matter] > found.against[matter])
    elif found.adopted is not None:
        assert found.adopted == tuple(matter for matter in MATTERS if found.counts[matter] * 2 > found.voters)


@every_one
@given(places=some_places, quorum=st.integers(0, 100), absent=st.integers(0, 20))
def test_without_its_quorum_nothing_is_adopted(rule: Rule, places: list[int], quorum: int, absent: int) -> None:
    cast = ballots(rule, places)
    found = rule.tally(cast, MATTERS, Terms(quorum=quorum), len(cast) + absent)
    plain = rule.tally(cast, MATTERS)
    if "quorum" not in rule.settles or not quorum:
        assert found == plain
        return
    assert found.quorum_met == (len(cast) * 100 >= quorum * (len(cast) + absent))
    assert found.adopted == (plain.adopted if found.quorum_met else ())


@every_one
def test_a_ballot_counts(rule: Rule) -> None:
    found = [rule.tally([ballot], MATTERS) for ballot in rule.kind.examples(MATTERS)]
    assert len({str((result.counts, result.order)) for result in found}) > 1


@every_one
def test_a_ballot_that_does_not_fit_is_refused(rule: Rule) -> None:
    fits, *_rest = rule.kind.examples(MATTERS)
    assert rule.kind.misfits(MATTERS)
    for misfit in (*rule.kind.misfits(MATTERS), max(rule.kind.examples(OTHERS), key=lambda b: len(rule.packed(b)))):
        with pytest.raises(NotABallot):
            rule.tally([fits, misfit], MATTERS)


@every_one
def test_a_packed_ballot_comes_back_the_same(rule: Rule) -> None:
    for ballot in (None, *rule.kind.examples(MATTERS)):
        back = rule.unpacked(rule.packed(ballot))
        assert (back, type(back)) == (ballot, type(ballot))
        assert rule.packed(back) == rule.packed(ballot)


@every_one
def test_what_is_no_ballot_is_not_unpacked(rule: Rule) -> None:
    for text in ("", "nothing", "7", '"visas"', "[["):
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
    test_what_voters_put_alike_is_tied,
    test_who_abstains_changes_nothing_else,
    test_what_is_adopted_is_what_it_is_announced_as,
    test_without_its_quorum_nothing_is_adopted,
    test_a_ballot_counts,
    test_a_ballot_that_does_not_fit_is_refused,
    test_a_packed_ballot_comes_back_the_same,
    test_what_is_no_ballot_is_not_unpacked,
    test_without_ballots_everything_is_tied,
)


@pytest.fixture
def grades() -> Iterator[Rule]:
    with scored() as rule:
        yield rule


@pytest.mark.parametrize("keeps", CONTRACT)
def test_a_new_rule_that_is_right_keeps_all_of_it(grades: Rule, keeps: Callable[[Rule], None]) -> None:
    keeps(grades)


Points = Sequence[Mapping[str, int]]


def _only_the_first_ballot(cast: Points, matters: Sequence[str], _terms: Terms) -> Result:
    return in_order(len(cast), {matter: cast[0][matter] if cast else 0 for matter in matters})


def _in_the_order_of_names(cast: Points, matters: Sequence[str], _terms: Terms) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, order=tuple(tuple(sorted(together)) for together in total.order))


def _without_ties(cast: Points, matters: Sequence[str], _terms: Terms) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, order=tuple((matter,) for together in total.order for matter in together))


def _adopting_by_points(cast: Points, matters: Sequence[str], _terms: Terms) -> Result:
    total = in_order(len(cast), {matter: sum(points[matter] for points in cast) for matter in matters})
    return replace(total, adopted=tuple(matter for matter in matters if total.counts[matter] > 2 * len(cast)))


def _counting_nothing(cast: Points, matters: Sequence[str], _terms: Terms) -> Result:
    return in_order(len(cast), dict.fromkeys(matters, 0))


@pytest.mark.parametrize(
    ("count", "broken"),
    [
        (_only_the_first_ballot, test_the_order_of_ballots_changes_nothing),
        (_in_the_order_of_names, test_names_change_nothing),
        (_without_ties, test_who_is_equal_is_said_to_be_tied),
        (_adopting_by_points, test_what_is_adopted_is_what_it_is_announced_as),
        (_counting_nothing, test_a_ballot_counts),
    ],
)
def test_a_rule_that_counts_wrongly_is_found(
    grades: Rule, count: Callable[[Points, Sequence[str], Terms], Result], broken: Callable[[Rule], None]
) -> None:
    with pytest.raises(AssertionError):
        broken(replace(grades, count=count))


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"fits": lambda _points, _matters, _terms: True}, test_a_ballot_that_does_not_fit_is_refused),
        ({"misfits": lambda _matters: []}, test_a_ballot_that_does_not_fit_is_refused),
        ({"holds": dict[str, float]}, test_a_packed_ballot_comes_back_the_same),
        ({"holds": Any}, test_what_is_no_ballot_is_not_unpacked),
        ({"examples": lambda matters: [dict.fromkeys(matters, 5)]}, test_a_ballot_counts),
    ],
)
def test_a_kind_of_ballot_that_is_described_wrongly_is_found(
    grades: Rule, wrong: dict[str, Any], broken: Callable[[Rule], None]
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        broken(replace(grades, kind=replace(grades.kind, **wrong)))


def test_a_rule_with_the_ballots_of_another_is_found(grades: Rule) -> None:
    with pytest.raises(TypeError):
        test_a_ballot_counts(replace(grades, kind=every_rule()["approval"].kind))


def test_every_kind_of_ballot_has_a_rule_that_counts_it() -> None:
    assert set(every_kind().values()) == {rule.kind for rule in every_rule().values()}


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


def test_a_quorum_counts_who_abstains_and_nothing_else_does() -> None:
    majority = every_rule()["majority"]
    found = majority.tally([frozenset({"visas"}), None, None], MATTERS, Terms(quorum=50), 6)
    assert (found.quorum_met, found.adopted, found.voters, found.abstained) == (True, ("visas",), 1, 2)
    found = majority.tally([frozenset({"visas"}), None, None], MATTERS, Terms(quorum=50), 7)
    assert (found.quorum_met, found.adopted) == (False, ())


def test_as_many_no_as_yes_adopts_nothing() -> None:
    yes_no = every_rule()["yes_no"]
    found = yes_no.tally([{"visas": True, "permits": True}, {"visas": False}, {"classes": False}], MATTERS)
    assert found.adopted == ("permits",)
    assert found.order == (("permits",), ("visas", "transfers"), ("classes",))
    assert (found.counts["visas"], found.against["visas"]) == (1, 1)


def test_equal_ranks_share_their_points_under_borda() -> None:
    """Three of four are equal: 3, 2 and 1 points, 2 for each. The counts are twice that."""
    found = every_rule()["borda"].tally([(("classes", "permits", "visas"),)], MATTERS)
    assert found.counts == {"classes": 4, "permits": 4, "visas": 4, "transfers": 0}


def test_a_minority_gets_its_share_of_places() -> None:
    """Six of nine approve three, three approve another one: approval alone would give them none of three places."""
    many, few = frozenset({"classes", "permits", "visas"}), frozenset({"transfers"})
    cast = [*[many] * 6, *[few] * 3]
    assert every_rule()["approval"].tally(cast, MATTERS).order[0] == ("classes", "permits", "visas")
    found = every_rule()["phragmen"].tally(cast, MATTERS, Terms(elects=3))
    assert found.elected == ("transfers",)
    assert found.tied == ("classes", "permits", "visas")


def test_whom_nobody_approves_is_not_chosen() -> None:
    found = every_rule()["phragmen"].tally([frozenset({"visas"})] * 3, MATTERS, Terms(elects=2))
    assert (found.elected, found.tied) == (("visas",), ())
