"""What the next draw is to give, and who follows when a seat becomes empty."""

from hypothesis import given
from hypothesis import strategies as st

from council.lots import Limits, Pool, Quotas, Vacant, draw, met, remaining, replacement
from tests.council.lots.pools import SEED, quiet

WANTED: Quotas = {"gender": {"woman": Limits(4, 5), "man": Limits(4, 5)}}
WOMAN, MAN = {"gender": "woman"}, {"gender": "man"}


def test_the_next_draw_fills_what_those_who_stay_leave_open() -> None:
    left = remaining(WANTED, [WOMAN] * 4 + [MAN] * 2, 9)
    assert left == Vacant(3, {"gender": {"woman": Limits(0, 1), "man": Limits(2, 3)}})


def test_of_a_value_that_too_many_have_nobody_is_drawn() -> None:
    left = remaining(WANTED, [WOMAN] * 6, 9)
    assert left == Vacant(3, {"gender": {"woman": Limits(0, 0), "man": Limits(3, 3)}})


def test_a_council_without_anybody_is_drawn_whole() -> None:
    assert remaining(WANTED, [], 9) == Vacant(9, WANTED)


def test_a_full_council_leaves_nothing() -> None:
    assert remaining(WANTED, [WOMAN] * 9, 9).seats == 0


@given(stay=st.lists(st.sampled_from([WOMAN, MAN]), max_size=9))
def test_who_comes_keeps_the_quotas_together_with_who_stays(stay: list[dict[str, str]]) -> None:
    left = remaining(WANTED, stay, 9)
    limits = left.quotas["gender"]
    fits = [
        women
        for women in range(left.seats + 1)
        if limits["woman"].least <= women <= limits["woman"].most
        and limits["man"].least <= left.seats - women <= limits["man"].most
    ]
    could = [
        women for women in range(left.seats + 1) if met(WANTED, stay + [WOMAN] * women + [MAN] * (left.seats - women))
    ]
    assert not could or fits == could


def test_a_rotation_of_two_draws_keeps_the_quotas_of_the_whole() -> None:
    first = Pool({f"w{n}": WOMAN for n in range(6)} | {f"m{n}": MAN for n in range(6)})
    drawn = draw(first, WANTED, 9, SEED, quiet)
    stay = drawn.members[:6]
    left = remaining(WANTED, [first.candidates[name] for name in stay], 9)
    second = Pool({f"new{n}": WOMAN if n % 2 else MAN for n in range(10)}).without(["new0"])
    comes = draw(second, left.quotas, left.seats, SEED, quiet)
    together = [first.candidates[name] for name in stay] + [second.candidates[name] for name in comes.members]
    assert met(WANTED, together)
    assert "new0" not in (*comes.members, *comes.substitutes)


def test_the_first_substitute_with_whom_the_quotas_hold_follows() -> None:
    pool = Pool({"a": WOMAN, "b": MAN, "c": WOMAN, "d": WOMAN, "e": MAN})
    wanted: Quotas = {"gender": {"woman": Limits(1, 1)}}
    assert replacement(pool, wanted, ["a"], ["c", "d", "b", "e"]) == "b"
    assert replacement(pool, wanted, ["b"], ["e", "d", "c"]) == "d"


def test_where_the_quotas_cannot_hold_the_next_substitute_follows() -> None:
    pool = Pool({"a": WOMAN, "c": WOMAN, "d": WOMAN})
    assert replacement(pool, {"gender": {"woman": Limits(0, 1)}}, ["a"], ["gone", "d", "c"]) == "d"
    assert replacement(pool, {}, ["a"], ["gone"]) is None
