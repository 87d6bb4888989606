"""What a refusal makes of a delivery is decided by what the platform's table says and by what the broadcast allows."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.messages import Gone, Later, Never, NotSent, Shut, Stopped, Unknown
from channels.verdicts import OUT_OF_ORDER, Act, Reach, Verdict
from outcomes.at_once import Where, again, refused
from outcomes.pauses import FIRST_PAUSE, LONGEST_PAUSE
from storage.addresses import Change
from storage.broadcasts import Subject, Way
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import LONGEST_SILENCE, Outcome
from storage.states import State

BEGAN = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
NOW = BEGAN + timedelta(seconds=3)
SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(days=7)
CLAIMED = Claimed(
    id="d",
    address="a",
    to="70001",
    language="en",
    region="north",
    lane=Lane.BULLETIN,
    body=None,
    broadcast="b",
    subject=Subject("bulletin", "x"),
    renditions="{}",
    hours=None,
    outside=(Way.TEMPLATE, Way.WAIT),
    elsewhere=True,
    attempts=2,
    not_after=None,
    spoke=BEGAN - SECOND,
    shut=None,
    began=BEGAN,
    probe=False,
)
WHERE = Where(("sms", "telegram"))


def became(refusal: NotSent, where: Where = WHERE, **of: Any) -> Outcome:
    return refused(replace(CLAIMED, **of), refusal, where, NOW)


def test_it_waits_while_our_sender_is_out_of_order() -> None:
    assert became(Stopped("401")) == Outcome("d", State.QUEUED, code="401", due=NOW + OUT_OF_ORDER, attempts=2)


@pytest.mark.parametrize("attempts", [0, 1000])
def test_a_platform_that_is_away_is_waited_for_however_long_that_takes(attempts: int) -> None:
    away = Later("not_reached", 5 * SECOND, everyone=True)
    expected = Outcome("d", State.QUEUED, code="not_reached", due=NOW + 5 * SECOND, attempts=attempts)
    assert became(away, attempts=attempts) == expected


def test_a_refusal_of_this_message_alone_is_tried_again_after_growing_pauses() -> None:
    dues = [became(Later("429", timedelta(0)), attempts=tried).due for tried in range(6)]
    assert dues == [NOW + FIRST_PAUSE * 2**tried for tried in range(1, 7)]


def test_no_pause_grows_for_ever_and_none_is_shorter_than_the_platform_asked() -> None:
    patient = Verdict(Act.WAIT, "", tries=100)
    assert became(Later("429", timedelta(0), verdict=patient), attempts=50).due == NOW + LONGEST_PAUSE
    assert became(Later("429", DAY, verdict=patient)).due == NOW + DAY


def test_it_has_failed_when_it_was_tried_often_enough() -> None:
    busy = Later("30017", SECOND, verdict=Verdict(Act.WAIT, "", tries=4))
    assert [became(busy, attempts=tried).state for tried in range(4)] == ["queued"] * 3 + ["failed"]
    assert became(busy, attempts=3) == Outcome("d", State.FAILED, code="30017", attempts=4)


@pytest.mark.parametrize(
    "refusal", [Never("400"), Gone("403"), NotSent("new")], ids=lambda refusal: type(refusal).__name__
)
def test_what_will_never_be_taken_has_failed(refusal: NotSent) -> None:
    assert became(refusal) == Outcome("d", State.FAILED, code=refusal.code, attempts=2)


def test_what_may_have_arrived_is_unknown_and_keeps_its_words_where_the_platform_can_be_asked() -> None:
    assert became(Unknown("no_answer")) == Outcome("d", State.UNKNOWN, code="no_answer", attempts=2)
    assert became(Unknown("no_answer"), Where(remembers=True)).keeps


def test_what_is_said_of_the_address_is_told_with_it() -> None:
    silent = Verdict(Act.WAIT, "", tries=1, reach=Reach.UNREACHABLE, strikes=3, within=DAY, lasts=WEEK)
    learnt = Change("a", Reach.UNREACHABLE, strikes=3, within=DAY, lasts=WEEK)
    assert became(Later("30003", SECOND, verdict=silent)).change == learnt
    blocked = Verdict(Act.DROP, "", reach=Reach.BLOCKED)
    assert became(Gone("403", blocked)).change == Change("a", Reach.BLOCKED, within=blocked.within)


def test_nothing_is_learned_while_it_is_still_tried() -> None:
    silent = Verdict(Act.WAIT, "", tries=9, reach=Reach.UNREACHABLE)
    assert became(Later("30003", SECOND, verdict=silent)).change is None


@pytest.mark.parametrize(("allows", "says"), list(itertools.product((False, True), repeat=2)))
def test_it_goes_elsewhere_if_both_the_table_and_the_broadcast_say_so(allows: bool, says: bool) -> None:
    change = became(Never("63032", Verdict(Act.DROP, "", elsewhere=says)), elsewhere=allows).change
    assert (change.elsewhere if change else ()) == (("sms", "telegram") if allows and says else ())


def test_what_else_waits_for_a_lost_address_goes_elsewhere_whatever_this_broadcast_allows() -> None:
    lost = Verdict(Act.DROP, "", reach=Reach.BLOCKED, elsewhere=True)
    change = became(Gone("403", lost), elsewhere=False).change
    assert change is not None
    assert change.elsewhere == ("sms", "telegram")


def test_nothing_goes_elsewhere_where_there_is_nothing_else() -> None:
    assert became(Never("63032", Verdict(Act.DROP, "", elsewhere=True)), Where()).change is None


NO_TEMPLATE = Shut("shut", Verdict(Act.SHUT, ""))
TOO_LATE = Shut("63016", Verdict(Act.SHUT, ""))
SILENT = {"spoke": BEGAN - 2 * DAY, "shut": BEGAN - DAY}
"""The platform has called them silent before, and they have not written since."""


def named(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(
    ("outside", "becomes", "elsewhere"),
    [
        ((Way.TEMPLATE,), "failed", False),
        ((Way.WAIT,), "waits", False),
        ((Way.ELSEWHERE,), "failed", True),
        ((Way.TEMPLATE, Way.WAIT), "waits", False),
        ((Way.WAIT, Way.TEMPLATE), "waits", False),
        ((Way.TEMPLATE, Way.ELSEWHERE), "failed", True),
        ((Way.ELSEWHERE, Way.TEMPLATE), "failed", True),
        ((Way.WAIT, Way.ELSEWHERE), "waits", False),
        ((Way.ELSEWHERE, Way.WAIT), "waits", True),
        ((Way.TEMPLATE, Way.WAIT, Way.ELSEWHERE), "waits", False),
        ((Way.TEMPLATE, Way.ELSEWHERE, Way.WAIT), "waits", True),
        ((Way.ELSEWHERE, Way.TEMPLATE, Way.WAIT), "waits", True),
        ((Way.WAIT, Way.TEMPLATE, Way.ELSEWHERE), "waits", False),
        ((Way.WAIT, Way.ELSEWHERE, Way.TEMPLATE), "waits", False),
        ((Way.ELSEWHERE, Way.WAIT, Way.TEMPLATE), "waits", True),
    ],
    ids=named,
)
@pytest.mark.parametrize(("refusal", "of"), [(NO_TEMPLATE, {}), (TOO_LATE, SILENT)], ids=["no template", "refused"])
def test_who_has_been_silent_is_written_to_as_the_broadcast_says(
    outside: tuple[Way, ...], becomes: str, elsewhere: bool, refusal: Shut, of: dict[str, Any]
) -> None:
    change = Change("a", shut=BEGAN, elsewhere=WHERE.elsewhere if elsewhere else ())
    waits = Outcome("d", State.QUEUED, code=Code.SHUT, due=NOW + LONGEST_SILENCE, attempts=2, change=change)
    failed = Outcome("d", State.FAILED, code=refusal.code, attempts=2, change=change)
    assert became(refusal, outside=outside, **of) == (waits if becomes == "waits" else failed)


@pytest.mark.parametrize(
    ("outside", "at_once", "elsewhere"),
    [
        ((Way.TEMPLATE, Way.WAIT), True, False),
        ((Way.TEMPLATE, Way.ELSEWHERE, Way.WAIT), True, False),
        ((Way.ELSEWHERE, Way.TEMPLATE, Way.WAIT), True, True),
        ((Way.WAIT, Way.TEMPLATE), False, False),
        ((Way.ELSEWHERE, Way.WAIT), False, True),
    ],
    ids=named,
)
def test_whom_we_took_for_one_who_had_written_is_first_tried_with_a_template(
    outside: tuple[Way, ...], at_once: bool, elsewhere: bool
) -> None:
    outcome = became(TOO_LATE, outside=outside)
    assert (outcome.state, outcome.code, outcome.due) == (
        "queued",
        Code.SHUT,
        NOW if at_once else NOW + LONGEST_SILENCE,
    )
    assert outcome.change == Change("a", shut=BEGAN, elsewhere=WHERE.elsewhere if elsewhere else ())


def test_who_has_written_since_the_platform_called_them_silent_counts_as_one_who_has() -> None:
    assert became(TOO_LATE, shut=BEGAN - DAY, spoke=BEGAN - SECOND).due == NOW


def test_what_waits_for_a_silent_person_waits_as_long_as_it_is_of_use() -> None:
    assert became(NO_TEMPLATE, not_after=NOW + DAY).due == NOW + DAY


@pytest.mark.parametrize("refusal", [NO_TEMPLATE, TOO_LATE], ids=["no template", "refused"])
def test_a_reply_always_waits(refusal: Shut) -> None:
    outcome = became(refusal, broadcast=None, outside=(), body="words")
    assert (outcome.state, outcome.code, outcome.due) == ("queued", Code.SHUT, NOW + LONGEST_SILENCE)
    assert outcome.change == Change("a", shut=BEGAN)


def test_to_wait_once_more_is_no_attempt() -> None:
    assert again(CLAIMED, NOW, "night") == Outcome("d", State.QUEUED, code="night", due=NOW, attempts=2)
    assert again(CLAIMED, NOW, "429", 3).attempts == 3


@pytest.mark.parametrize(("broadcast", "halts"), [("b", "b"), (None, None)])
def test_what_is_taken_for_spam_halts_its_broadcast(broadcast: str | None, halts: str | None) -> None:
    assert became(Never("63026", Verdict(Act.DROP, "", halts=True)), broadcast=broadcast).halts == halts
    assert became(Never("63026", Verdict(Act.DROP, "")), broadcast=broadcast).halts is None
