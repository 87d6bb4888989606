"""What people wrote while nobody could take it is asked for from the right moment on."""

from datetime import timedelta

import pytest

from bot.asking import EVERY, LONGEST_GAP, _heard_until
from tests.storage.rows import NOW


@pytest.mark.parametrize(
    ("last", "since"),
    [
        (None, NOW - EVERY),
        (NOW - EVERY / 2, NOW - EVERY / 2),
        (NOW - LONGEST_GAP * 2, NOW - LONGEST_GAP),
        (NOW + timedelta(seconds=30), NOW + timedelta(seconds=30)),
    ],
)
def test_it_is_asked_for_since_we_last_did(last: object, since: object) -> None:
    assert _heard_until(last, NOW) == since  # type: ignore[arg-type]


def test_who_asked_by_a_clock_that_was_ahead_asks_as_far_back_as_ever() -> None:
    assert _heard_until(NOW + timedelta(days=1), NOW) == NOW - LONGEST_GAP
