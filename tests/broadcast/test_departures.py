"""What was claimed leaves at the places there are, in its order; a slow worker loses places, not deliveries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcast.departures import Departure, Departures
from broadcast.pace import LocalPace, Pacer
from broadcast.pace.rule import SHORTEST_GRACE
from channels import Pace
from channels.messages import Outgoing
from storage.lanes import Lane
from storage.outbox.claims import Claimed
from tests.broadcast.conftest import Dial
from tests.storage.rows import NOW

RATE = 1000.0
CLAIMED = Claimed(
    id="a",
    address="a",
    to="70001",
    language="en",
    region="",
    lane=Lane.REPLY,
    body=None,
    broadcast=None,
    subject=None,
    renditions=None,
    hours=None,
    outside=(),
    elsewhere=False,
    attempts=0,
    not_after=None,
    spoke=NOW,
    shut=None,
    began=NOW,
    probe=False,
)


def departing(name: str, lane: Lane = Lane.REPLY) -> Departure:
    return Departure(replace(CLAIMED, id=name, lane=lane), Outgoing("hello"), 1)


def departures(dial: Dial, rate: float = RATE) -> Departures:
    return Departures(Pacer("telegram", Pace(rate, 1, timedelta(0)), LocalPace(dial)))


def names(left: Departures, now: float) -> list[str]:
    return [departure.claimed.id for departure, _more in left.leaving(now)]


def test_one_leaves_at_each_place() -> None:
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing("a"), departing("b")], [dial.at, dial.at + 0.001])
    assert names(waiting, dial.at) == ["a"]
    assert waiting.next == dial.at + 0.001
    assert names(waiting, dial.at + 0.001) == ["b"]
    assert waiting.next is None


def test_whoever_comes_too_late_loses_the_places_and_keeps_the_deliveries() -> None:
    dial = Dial()
    waiting = departures(dial)
    places = [dial.at + number / RATE for number in range(100)]
    waiting.add([departing(f"{number:03}") for number in range(100)], places)
    left = names(waiting, dial.at + 0.05)
    assert left == [f"{number:03}" for number in range(len(left))]
    assert len(left) <= SHORTEST_GRACE * RATE + 1
    assert waiting.lacking == 100 - len(left) - 49
    assert len(waiting) == 100 - len(left)


def test_who_always_comes_too_late_sends_one_message_each_time() -> None:
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing("a"), departing("b"), departing("c")], [dial.at, dial.at + 0.001])
    assert [(departure.claimed.id, more) for departure, more in waiting.leaving(dial.at + 0.5)] == [("a", 1)]
    assert waiting.lacking == 2
    waiting.add([], [dial.at + 1])
    assert names(waiting, dial.at + 1.5) == ["b"]


def test_nothing_leaves_at_a_place_of_long_ago() -> None:
    """The machine was asleep."""
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing("a")], [dial.at])
    assert names(waiting, dial.at + 60) == []
    assert waiting.lacking == 1


@pytest.mark.parametrize("behind", [0.004, 0.03, 0.2])
def test_however_late_a_worker_comes_it_never_sends_more_than_the_rate(behind: float) -> None:
    """It looks again only after so long each time, as one that has too little of the machine."""
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing(str(number)) for number in range(2000)], [dial.at + number / RATE for number in range(2000)])
    sent: list[float] = []
    while waiting.next is not None:
        dial.at += behind
        sent += [dial.at] * len(names(waiting, dial.at))
    assert sent
    assert all(sum(start <= at < start + 1 for at in sent) <= (1 + SHORTEST_GRACE) * RATE + 1 for start in sent)


def test_replies_leave_before_what_was_claimed_before_them() -> None:
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing("news", Lane.BULLETIN), departing("notice", Lane.NOTICE)], [dial.at])
    waiting.add([departing("reply")], [dial.at, dial.at])
    assert names(waiting, dial.at) == ["reply", "notice", "news"]


def test_what_has_several_segments_takes_as_many_places() -> None:
    dial = Dial()
    waiting = departures(dial)
    waiting.add(
        [replace(departing("long"), places=3), replace(departing("longer"), places=5)],
        [dial.at + number / RATE for number in range(4)],
    )
    assert waiting.lacking == 4
    assert [(departure.claimed.id, more) for departure, more in waiting.leaving(dial.at)] == [("long", 0)]
    assert waiting.next == dial.at + 3 / RATE
    assert [(departure.claimed.id, more) for departure, more in waiting.leaving(dial.at + 3 / RATE)] == [("longer", 4)]


def test_a_lane_can_be_taken_out() -> None:
    waiting = departures(Dial())
    waiting.add([departing("news", Lane.BULLETIN), departing("reply")], [])
    assert [departure.claimed.id for departure in waiting.take_out(Lane.BULLETIN)] == ["news"]
    assert len(waiting) == 1


def test_where_nothing_leaves_after_all_no_place_is_kept() -> None:
    dial = Dial()
    waiting = departures(dial)
    waiting.add([departing("news", Lane.BULLETIN)], [dial.at + 0.01])
    assert list(waiting.take_out(Lane.BULLETIN))
    assert names(waiting, dial.at) == []
    assert not waiting.places
