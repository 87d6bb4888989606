"""What a draw by lot keeps, whoever can be drawn."""

import os
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.lots import (
    NOT_SAID,
    Contradicting,
    Infeasible,
    Limits,
    Missing,
    NotDrawable,
    Pool,
    Quotas,
    Relaxation,
    TooFew,
    draw,
    drawn_from,
    lottery,
    met,
)
from tests.council.lots.pools import SEED, a_pool, quiet, wide_quotas

ROOT = Path(__file__).parents[3]
few = hypothesis.settings(max_examples=12, deadline=None)
"""Each draws by a solver, several times a second."""
facts = st.fixed_dictionaries(
    {"gender": st.sampled_from(["woman", "man", NOT_SAID]), "region": st.sampled_from(["north", "coast"])}
)
pools = st.lists(facts, min_size=4, max_size=9).map(
    lambda people: Pool({f"t{number}": person for number, person in enumerate(people)})
)
limits = st.tuples(st.integers(0, 2), st.integers(1, 4)).map(lambda pair: Limits(pair[0], max(pair)))
quotas = st.fixed_dictionaries(
    {
        "gender": st.dictionaries(st.sampled_from(["woman", "man"]), limits),
        "region": st.dictionaries(st.sampled_from(["north", "coast"]), limits),
    }
)
SIMPLE: Quotas = {"gender": {"woman": Limits(2, 2), "man": Limits(1, 2)}}


def people(**numbers: int) -> Pool:
    """So many of each gender."""
    return Pool({f"{gender}{place}": {"gender": gender} for gender in numbers for place in range(numbers[gender])})


@few
@given(pool=pools, wanted=quotas, seats=st.integers(1, 4))
def test_quotas_are_kept_or_it_is_said_what_would_have_to_change(pool: Pool, wanted: Quotas, seats: int) -> None:
    try:
        drawn = draw(pool, wanted, seats, SEED, quiet)
    except Contradicting:
        return
    except Infeasible as infeasible:
        relaxed = _relaxed(wanted, infeasible)
        drawn = draw(pool, relaxed, seats, SEED, quiet)
        assert not met(wanted, [pool.candidates[name] for name in drawn.members])
        return
    assert met(wanted, [pool.candidates[name] for name in drawn.members])
    assert len(drawn.members) == seats == len(set(drawn.members))
    assert sorted([*drawn.members, *drawn.substitutes]) == sorted(pool.candidates)
    assert sum(drawn.chances.values()) == seats
    assert all(0 <= chance <= 1 for chance in drawn.chances.values())
    assert all(drawn.chances[name] > 0 for name in drawn.members)


def _relaxed(wanted: Quotas, infeasible: Infeasible) -> Quotas:
    changed: dict[str, dict[str, Limits]] = {category: dict(limits) for category, limits in wanted.items()}
    for relaxation in infeasible.relaxations:
        changed[relaxation.category][relaxation.value] = relaxation.instead
    return changed


@few
@given(pool=pools, data=st.data())
def test_neither_the_order_nor_the_names_of_candidates_change_anybodys_chance(pool: Pool, data: st.DataObject) -> None:
    wanted: Quotas = {"region": {"north": Limits(0, 2)}}
    shuffled = Pool({name: pool.candidates[name] for name in data.draw(st.permutations(list(pool.candidates)))})
    renamed = Pool({name.upper(): facts for name, facts in pool.candidates.items()})
    try:
        first = draw(pool, wanted, 2, SEED, quiet)
    except NotDrawable as cannot:
        with pytest.raises(type(cannot)):
            draw(shuffled, wanted, 2, SEED, quiet)
        return
    assert draw(shuffled, wanted, 2, SEED, quiet) == first
    chances = draw(renamed, wanted, 2, SEED, quiet).chances
    assert chances == {name.upper(): chance for name, chance in first.chances.items()}


def test_who_told_the_same_has_the_same_chance() -> None:
    pool = a_pool(24)
    drawn = draw(pool, {"gender": {"woman": Limits(3, 4)}, "age": {"16": Limits(1, 2)}}, 6, SEED, quiet)
    by_facts: dict[tuple[str, ...], set[Fraction]] = {}
    for name, facts in pool.candidates.items():
        by_facts.setdefault((facts["gender"], facts["age"]), set()).add(drawn.chances[name])
    assert all(len(chances) == 1 for chances in by_facts.values())


def test_the_smallest_chance_is_as_large_as_it_can_be() -> None:
    drawn = draw(people(woman=8, man=2), SIMPLE, 3, SEED, quiet)
    assert {name[:3]: float(chance) for name, chance in drawn.chances.items()} == {"wom": 0.25, "man": 0.5}


def test_the_same_seed_draws_the_same_people_and_another_others() -> None:
    pool = people(woman=8, man=2)
    tickets = lottery(pool, SIMPLE, 3, quiet)
    first = drawn_from(tickets, pool, SEED)
    assert drawn_from(tickets, pool, SEED) == first
    others = {drawn_from(tickets, pool, f"{SEED} {number}").members for number in range(50)}
    assert len(others) > 40


def test_people_are_drawn_as_often_as_their_chance_says() -> None:
    pool = people(woman=8, man=2)
    tickets = lottery(pool, SIMPLE, 3, quiet)
    times = 4000
    drawn = [name for number in range(times) for name in drawn_from(tickets, pool, str(number)).members]
    for name, chance in drawn_from(tickets, pool, SEED).chances.items():
        assert drawn.count(name) / times == pytest.approx(float(chance), abs=0.04)


def test_every_substitute_may_come_first() -> None:
    pool = people(woman=8, man=2)
    tickets = lottery(pool, SIMPLE, 3, quiet)
    assert {drawn_from(tickets, pool, str(number)).substitutes[0] for number in range(200)} == set(pool.candidates)


def test_another_program_draws_the_same_people() -> None:
    """Where texts hash otherwise, sets of them are walked in another order."""
    script = (
        "from tests.council.lots.pools import SEED, a_pool, quiet, wide_quotas\n"
        "from council.lots import draw\n"
        "drawn = draw(a_pool(30), wide_quotas(6), 6, SEED, quiet)\n"
        "print(drawn.members, drawn.substitutes, sorted(drawn.chances.items()))\n"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


def test_progress_goes_up_to_the_end() -> None:
    progress: list[int] = []
    lottery(people(woman=8, man=2), SIMPLE, 3, progress.append)
    assert progress == sorted(progress)
    assert progress[0] >= 0
    assert 60 <= progress[-1] < 100


def test_without_quotas_all_have_the_same_chance() -> None:
    drawn = draw(people(woman=8, man=2), {}, 3, SEED, quiet)
    assert set(drawn.chances.values()) == {Fraction(3, 10)}


@pytest.mark.parametrize(
    ("pool", "wanted", "seats", "cannot"),
    [
        (people(woman=2), SIMPLE, 3, TooFew(2, 3)),
        (people(woman=2), SIMPLE, 0, TooFew(2, 0)),
        (people(woman=5), {"age": {"16": Limits(1, 1)}}, 3, Missing("age", 5)),
        (
            people(woman=5, man=5),
            {"gender": {"woman": Limits(3, 5), "man": Limits(3, 5)}},
            5,
            Contradicting("gender", 6, 10, 5),
        ),
        (
            people(woman=5, man=5),
            {"gender": {"woman": Limits(0, 1), "man": Limits(0, 1)}},
            5,
            Contradicting("gender", 0, 2, 5),
        ),
        (
            people(woman=5, man=1),
            {"gender": {"man": Limits(2, 3)}},
            4,
            Infeasible((Relaxation("gender", "man", Limits(2, 3), Limits(1, 3)),)),
        ),
        (
            people(woman=5, man=1),
            {"gender": {"man": Limits(0, 3), "woman": Limits(0, 2)}},
            4,
            Infeasible((Relaxation("gender", "woman", Limits(0, 2), Limits(0, 3)),)),
        ),
    ],
)
def test_why_nobody_can_be_drawn_is_said(
    pool: Pool, wanted: Mapping[str, Mapping[str, Limits]], seats: int, cannot: NotDrawable
) -> None:
    with pytest.raises(NotDrawable) as raised:
        draw(pool, wanted, seats, SEED, quiet)
    assert raised.value == cannot


def test_names_of_facts_may_differ_by_case_alone() -> None:
    pool = Pool({"1": {"Place": "Rio", "place": "a"}, "2": {"Place": "rio", "place": "b"}})
    drawn = draw(pool, {"Place": {"rio": Limits(1, 1)}, "place": {"b": Limits(1, 1)}}, 1, SEED, quiet)
    assert drawn.members == ("2",)


def test_no_solver_that_needs_a_licence_is_asked_for() -> None:
    assert "gurobi" not in (ROOT / "requirements.lock").read_text()
    assert "gurobi" not in (ROOT / "pyproject.toml").read_text()


def test_whom_no_panel_can_hold_has_no_chance_and_is_told_so() -> None:
    """Two of the coast are wanted, and the only man of the hills would take their place."""
    pool = Pool(
        {
            "1": {"region": "coast"},
            "2": {"region": "coast"},
            "3": {"region": "hills"},
        }
    )
    drawn = draw(pool, {"region": {"coast": Limits(2, 2)}}, 2, SEED, quiet)
    assert drawn.chances["3"] == 0
    assert drawn.substitutes == ("3",)


def test_wide_quotas_can_be_kept() -> None:
    pool = a_pool(30)
    drawn = draw(pool, wide_quotas(6), 6, SEED, quiet)
    assert met(wide_quotas(6), [pool.candidates[name] for name in drawn.members])
