"""Seats that require something are filled by people who fit them, exactly where that is possible."""

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.lots import (
    Announced,
    Cannot,
    Contradicting,
    Limits,
    NotDrawable,
    Pool,
    Requirement,
    TooFew,
    TooVaried,
    Unfilled,
    all_sit,
    cannot,
    chances,
    check_seats,
    commitment,
    draw,
    fits,
    lottery,
    met,
    padded,
    replacement,
    required,
    seating,
)
from council.lots._seats import with_seats
from tests.council.lots.pools import SEED, a_pool, quiet, wide_quotas

YOUNG, WOMAN, BOTH = {"age": "young"}, {"gender": "woman"}, {"age": "young", "gender": "woman"}
FACTS = st.fixed_dictionaries(
    {"age": st.sampled_from(["young", "old", ""]), "gender": st.sampled_from(["woman", "man"])}
)
REQUIREMENTS = st.lists(st.sampled_from([YOUNG, WOMAN, BOTH, {}, {"age": "old"}]), max_size=4)


def pool_of(people: Sequence[Mapping[str, str]]) -> Pool:
    return Pool({f"t{number}": facts for number, facts in enumerate(people)})


def could_sit(requirements: Sequence[Requirement], people: Sequence[Mapping[str, str]]) -> bool:
    """Tried one by one."""
    return any(
        all(fits(facts, requirement) for facts, requirement in zip(people, order, strict=True))
        for order in permutations(requirements, len(people))
    )


@given(requirements=REQUIREMENTS, people=st.lists(FACTS, max_size=4))
def test_all_sit_down_where_there_is_any_way(requirements: list[Requirement], people: list[Mapping[str, str]]) -> None:
    expected = len(people) <= len(requirements) and could_sit(requirements, people)
    assert all_sit(requirements, people) == expected
    for seat, place in enumerate(seating(requirements, people)):
        assert place is None or fits(people[place], requirements[seat])


def test_who_comes_first_sits_down_before_others() -> None:
    assert seating([YOUNG], [{"age": "old"}, YOUNG, YOUNG]) == [1]
    assert seating([{}, YOUNG], [YOUNG, {"age": "old"}]) == [1, 0], "and makes room for who fits only there"
    assert seating([], [YOUNG]) == []
    assert seating([{}, {}, {}], [YOUNG, WOMAN, BOTH]) == [0, 1, 2], "where anybody can sit nobody moves"


@given(people=st.lists(FACTS, min_size=1, max_size=7), requirements=REQUIREMENTS, seats=st.integers(1, 5))
def test_the_quotas_of_seats_hold_for_those_groups_that_can_fill_them_and_for_no_others(
    people: list[Mapping[str, str]], requirements: list[Requirement], seats: int
) -> None:
    requirements = requirements[:seats]
    wide, limits = with_seats(pool_of(people), {}, requirements, seats)
    for group in combinations(wide.candidates, min(seats, len(people))):
        members = [wide.candidates[name] for name in group]
        can_fill = len(members) == seats and all_sit(padded(requirements, seats), members)
        assert (len(members) == seats and met(limits, members)) == can_fill


@given(people=st.lists(FACTS, min_size=1, max_size=6), requirements=REQUIREMENTS)
def test_seats_that_nobody_can_fill_are_refused_before_anything_is_drawn(
    people: list[Mapping[str, str]], requirements: list[Requirement]
) -> None:
    that_require = [its for its in requirements if its]
    can_fill = any(could_sit(that_require, group) for group in combinations(people, len(that_require)))
    if can_fill:
        check_seats(pool_of(people), requirements)
        return
    with pytest.raises(Unfilled) as wrong:
        check_seats(pool_of(people), requirements)
    fitting = sum(any(fits(facts, its) for its in wrong.value.requirements) for facts in people)
    assert fitting < wrong.value.seats


@pytest.mark.parametrize("seed", [SEED, "another", "a third"])
def test_each_seat_gets_who_fits_it_and_the_quotas_hold_too(seed: str) -> None:
    pool, seats = a_pool(120), 12
    requirements = [{"age": "16"}, {"age": "16", "gender": "woman"}, {"papers": "no"}, {"gender": "other"}]
    quotas = {"region": wide_quotas(seats)["region"]}
    drawn = draw(pool, quotas, seats, seed, quiet, requirements)
    members = [pool.candidates[name] for name in drawn.members]
    assert len(members) == seats
    assert all(map(fits, members, requirements))
    assert met(quotas, members)
    assert sum(drawn.chances.values()) == seats
    assert draw(pool, quotas, seats, seed, quiet, requirements) == drawn
    others = {name: facts for name, facts in pool.candidates.items() if name not in drawn.members}
    assert set(drawn.substitutes) == set(others)


def test_who_told_the_same_has_the_same_chance_though_seats_require_something() -> None:
    pool = pool_of(
        [YOUNG | WOMAN] * 2 + [{"age": "old", "gender": "woman"}] * 6 + [{"age": "old", "gender": "man"}] * 4
    )
    drawn = draw(pool, {}, 4, SEED, quiet, [YOUNG])
    by_facts: dict[tuple[str, ...], set[object]] = {}
    for name, facts in pool.candidates.items():
        by_facts.setdefault(tuple(facts.values()), set()).add(drawn.chances[name])
    assert [len(chance) for chance in by_facts.values()] == [1, 1, 1]
    assert pool.candidates[drawn.members[0]]["age"] == "young"


def test_one_who_fits_two_seats_fills_one_of_them() -> None:
    """A quota for each of the two would be kept by one person."""
    pool = pool_of([BOTH, {"age": "old", "gender": "man"}, {"age": "old", "gender": "man"}])
    with pytest.raises(Unfilled):
        draw(pool, {}, 2, SEED, quiet, [YOUNG, WOMAN])


def test_without_requirements_a_draw_is_what_it_was() -> None:
    pool, quotas = a_pool(40), {"region": wide_quotas(6)["region"]}
    drawn = draw(pool, quotas, 6, SEED, quiet)
    assert draw(pool, quotas, 6, SEED, quiet, [{}, {}]) == drawn
    assert chances(lottery(pool, quotas, 6, quiet), pool) == drawn.chances
    plain = Announced("draw", "a value", "2026-12-09", 6, quotas)
    assert commitment(plain, {}) != commitment(Announced("draw", "a value", "2026-12-09", 6, quotas, [YOUNG]), {})


def test_quotas_and_seats_that_contradict_each_other_say_what_would_have_to_change() -> None:
    pool = pool_of([{"age": "young", "gender": "man"}] * 5 + [{"age": "old", "gender": "woman"}] * 5)
    with pytest.raises(NotDrawable) as wrong:
        draw(pool, {"gender": {"woman": Limits(2, 3)}}, 3, SEED, quiet, [YOUNG, YOUNG])
    found = cannot(wrong.value)
    assert found.why == "infeasible"
    assert found.relaxations
    for relaxation in found.relaxations:
        assert required(relaxation.category) == [YOUNG] or relaxation.category == "gender"


def test_too_many_different_requirements_and_too_few_candidates_are_refused() -> None:
    pool = pool_of([YOUNG] * 9)
    with pytest.raises(TooVaried):
        check_seats(pool, [{"age": str(number)} for number in range(6)])
    with pytest.raises(TooFew):
        draw(pool, {}, 10, SEED, quiet, [YOUNG])
    with pytest.raises(Contradicting):
        draw(pool, {"age": {"young": Limits(0, 1)}}, 3, SEED, quiet, [YOUNG])
    assert cannot(TooVaried()) == Cannot("too_varied", numbers=(5,))
    unfilled = cannot(Unfilled([YOUNG, WOMAN], 3))
    assert (unfilled.why, unfilled.numbers, list(required(unfilled.category))) == ("unfilled", (3,), [YOUNG, WOMAN])


def test_nobody_follows_on_a_seat_that_they_do_not_fit() -> None:
    people = {"a": YOUNG, "b": {"age": "old"}, "c": {"age": "old"}, "d": YOUNG}
    pool = Pool(people)
    requirements: list[Requirement] = [YOUNG, {}]
    assert replacement(pool, {}, ["b"], ["c", "d"], requirements) == "d"
    assert replacement(pool, {}, ["b"], ["c"], requirements) is None
    assert replacement(pool, {}, ["a"], ["c", "d"], requirements) == "c", "the other seat is anybody's"
    assert replacement(pool, {}, ["b"], ["c"]) == "c"
