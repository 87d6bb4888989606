"""What every voting rule keeps, and what each of them decides."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council import NotOnTheList, Result, Rule, rules

MATTERS = ("classes", "permits", "visas", "transfers")
every_rule = pytest.mark.parametrize("rule", rules().values(), ids=rules())
some_ballots = st.lists(st.sets(st.sampled_from(MATTERS)).map(lambda chosen: tuple(sorted(chosen))), max_size=12)


def result(rule: str, *ballots: Sequence[str], matters: Sequence[str] = MATTERS) -> Result:
    the = rules()[rule]
    return the.tally([the.ballot(raw) for raw in ballots], matters)


@every_rule
@given(ballots=some_ballots, data=st.data())
def test_the_order_of_ballots_changes_nothing(rule: Rule, ballots: list[tuple[str, ...]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(ballots))
    assert result(rule.name, *shuffled) == result(rule.name, *ballots)


@every_rule
@given(ballots=some_ballots, names=st.permutations(MATTERS))
def test_names_change_nothing(rule: Rule, ballots: list[tuple[str, ...]], names: list[str]) -> None:
    renamed = dict(zip(MATTERS, names, strict=True))
    before = result(rule.name, *ballots)
    after = result(rule.name, *([renamed[m] for m in ballot] for ballot in ballots), matters=names)
    assert after.counts == {renamed[matter]: number for matter, number in before.counts.items()}
    assert after.order == tuple(tuple(renamed[m] for m in together) for together in before.order)
    assert after.adopted == (None if before.adopted is None else tuple(renamed[m] for m in before.adopted))


@every_rule
@given(ballots=some_ballots)
def test_who_is_equal_is_said_to_be_tied(rule: Rule, ballots: list[tuple[str, ...]]) -> None:
    found = result(rule.name, *ballots)
    assert sorted(matter for together in found.order for matter in together) == sorted(MATTERS)
    for together in found.order:
        assert len({found.counts[matter] for matter in together}) == 1
        assert (together in found.ties) == (len(together) > 1)
    assert len({found.counts[together[0]] for together in found.order}) == len(found.order)


@every_rule
def test_a_matter_named_twice_counts_once(rule: Rule) -> None:
    assert result(rule.name, ["visas", "visas"]).counts["visas"] == 1


@every_rule
def test_a_matter_that_was_not_put_to_the_vote_is_refused(rule: Rule) -> None:
    with pytest.raises(NotOnTheList):
        result(rule.name, ["something else"])


@every_rule
def test_without_ballots_everything_is_tied(rule: Rule) -> None:
    found = result(rule.name)
    assert found.voters == 0
    assert found.order == (MATTERS,)
    assert not found.adopted


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
