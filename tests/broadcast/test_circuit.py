"""A platform counts as out of order when half of its last twenty answers were failures of its own."""

import itertools

import pytest

from broadcast.circuit import LAST, TOO_MANY, Circuit


def test_ten_failures_among_twenty_answers_break_it() -> None:
    circuit = Circuit()
    broke = [circuit.answered(failed) for failed, _pair in itertools.product((False, True), range(TOO_MANY))]
    assert broke == [False] * (LAST - 1) + [True]


@pytest.mark.parametrize("failures", [TOO_MANY - 1, 0])
def test_fewer_do_not(failures: int) -> None:
    circuit = Circuit()
    answers = [True] * failures + [False] * (LAST - failures)
    for _time in range(5):
        assert not any(circuit.answered(failed) for failed in answers)


def test_nothing_is_concluded_from_fewer_than_twenty_answers() -> None:
    circuit = Circuit()
    assert [circuit.answered(True) for _time in range(LAST)] == [False] * (LAST - 1) + [True]


def test_after_it_broke_it_starts_with_a_clean_slate() -> None:
    circuit = Circuit()
    breaks = [number for number in range(1, 3 * LAST + 1) if circuit.answered(True)]
    assert breaks == [LAST, 2 * LAST, 3 * LAST]


def test_old_answers_are_forgotten() -> None:
    circuit = Circuit()
    for failed in [True] * (TOO_MANY - 1) + [False] * LAST + [True] * (TOO_MANY - 1):
        assert not circuit.answered(failed)
    assert circuit.answered(True)


def test_a_success_never_breaks_it() -> None:
    circuit = Circuit()
    for _time in range(LAST - 1):
        circuit.answered(True)
    assert not circuit.answered(False)
