"""News is told once, and what is learned while it is told stays to be told."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcast.circuit import Broke, Took
from broadcast.news import News

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOLD = News(Took("d")).of_night("b", "north", MORNING)


def test_what_was_told_is_not_told_again() -> None:
    assert TOLD.since(TOLD) == News()


@pytest.mark.parametrize("circuit", [Broke("401"), Took("another")])
def test_what_is_learned_meanwhile_of_the_platform_stays(circuit: Broke | Took) -> None:
    assert TOLD.of_circuit(circuit).since(TOLD) == News(circuit)


def test_a_night_elsewhere_or_a_later_morning_stays() -> None:
    later = MORNING + timedelta(days=1)
    since = TOLD.of_night("b", "south", MORNING).of_night("b", "north", later).since(TOLD)
    assert since.mornings == {("b", "south"): MORNING, ("b", "north"): later}


def test_a_night_does_not_change_what_is_told_at_this_moment() -> None:
    before = News()
    before.of_night("b", "north", MORNING)
    assert before.mornings == {}
