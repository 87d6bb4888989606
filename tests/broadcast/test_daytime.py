"""Nobody is written to at night or on a quiet day, and by day nobody waits."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadcast.daytime import LONGEST_WAIT, opens
from flows import WEEKDAYS
from storage.broadcasts import Hours

MINUTE = timedelta(minutes=1)
TUNIS = Hours("09:00", "20:00", "Africa/Tunis", {"islands": "Atlantic/Azores", "east": "Asia/Kathmandu"})
ZONES = (
    "Africa/Cairo",  # put on at midnight
    "Africa/Casablanca",  # put back for Ramadan
    "America/Havana",  # put back at midnight, which comes twice
    "America/St_Johns",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",  # by half an hour
    "Europe/Dublin",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kiritimati",
    "UTC",
)


def at(written: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=fold)


def is_day(hours: Hours, zone: str, moment: datetime) -> bool:
    """The same said in another way, by the text of the clock on the wall."""
    local = moment.astimezone(ZoneInfo(zone))
    quiet = {local.strftime("%Y-%m-%d"), WEEKDAYS[local.weekday()]} & set(hours.quiet)
    return hours.opens <= local.strftime("%H:%M:%S.%f") < hours.closes and not quiet


def test_by_day_it_is_now() -> None:
    now = at("2026-11-23T12:30:15.25")
    assert opens(TUNIS, "", now) == now
    assert opens(TUNIS, "east", now) == now


@pytest.mark.parametrize(
    ("region", "opening"),
    [("", "2026-11-24T08:00"), ("islands", "2026-11-24T10:00"), ("east", "2026-11-24T03:15")],
)
def test_at_night_it_is_the_morning_of_ones_own_region(region: str, opening: str) -> None:
    assert opens(TUNIS, region, at("2026-11-23T23:00")) == at(opening)


def test_who_lives_in_a_region_without_a_zone_has_the_process_s() -> None:
    assert opens(TUNIS, "plain", at("2026-11-23T23:00")) == at("2026-11-24T09:00", "Africa/Tunis")


def test_the_day_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    hours = Hours("09:00", "20:00")
    assert opens(hours, "", at("2026-11-23T09:00")) == at("2026-11-23T09:00")
    assert opens(hours, "", at("2026-11-23T08:59:59.999999")) == at("2026-11-23T09:00")
    assert opens(hours, "", at("2026-11-23T19:59:59.999999")) == at("2026-11-23T19:59:59.999999")
    assert opens(hours, "", at("2026-11-23T20:00")) == at("2026-11-24T09:00")


def test_what_is_said_is_in_utc_whatever_zone_was_asked_in() -> None:
    for hour in ("12:00", "23:00"):
        assert opens(TUNIS, "", at(f"2026-11-23T{hour}", "Asia/Tokyo")).tzinfo is UTC


def test_quiet_days_are_passed_over_by_name_and_by_date() -> None:
    hours = Hours("09:00", "20:00", quiet=("sunday", "2026-11-23"))
    assert opens(hours, "", at("2026-11-22T12:00")) == at("2026-11-24T09:00")  # a Sunday, then the Monday


def test_a_quiet_day_is_quiet_where_one_lives() -> None:
    hours = Hours("09:00", "20:00", "UTC", {"far": "Pacific/Kiritimati"}, ("sunday",))
    saturday_here_sunday_there = at("2026-11-21T19:30")
    assert opens(hours, "", saturday_here_sunday_there) == saturday_here_sunday_there
    assert opens(hours, "far", saturday_here_sunday_there) == at("2026-11-23T09:00", "Pacific/Kiritimati")


def test_the_morning_after_the_clocks_are_changed_begins_by_the_new_time() -> None:
    paris = Hours("09:00", "20:00", "Europe/Paris")
    assert opens(paris, "", at("2026-03-28T22:00")) == at("2026-03-29T07:00")
    assert opens(paris, "", at("2026-10-24T22:00")) == at("2026-10-25T08:00")


def test_an_opening_that_the_clock_jumps_over_is_when_it_jumps() -> None:
    assert opens(Hours("02:30", "20:00", "Europe/Paris"), "", at("2026-03-29T00:10")) == at("2026-03-29T01:00")


def test_an_opening_that_comes_twice_is_the_first() -> None:
    hours = Hours("02:30", "20:00", "Europe/Paris")
    assert opens(hours, "", at("2026-10-25T00:00")) == at("2026-10-25T00:30")
    between = at("2026-10-25T02:10", "Europe/Paris", fold=1)
    assert opens(hours, "", between) == at("2026-10-25T01:30")


def test_a_day_that_was_over_goes_on_when_the_clock_is_put_back() -> None:
    hours = Hours("01:00", "02:30", "Europe/Paris")
    assert opens(hours, "", at("2026-10-25T02:45", "Europe/Paris")) == at("2026-10-25T01:00")


def test_a_day_that_does_not_exist_is_not_waited_for() -> None:
    samoa = Hours("09:00", "20:00", "Pacific/Apia")
    night = at("2011-12-29T23:00", "Pacific/Apia")
    assert opens(samoa, "", night) == at("2011-12-31T09:00", "Pacific/Apia")
    assert opens(samoa, "", night) - night == timedelta(hours=10)


def test_with_nothing_but_quiet_days_it_is_asked_again_in_a_year() -> None:
    now = at("2026-11-23T12:00")
    assert opens(Hours(quiet=WEEKDAYS), "", now) == now + LONGEST_WAIT


def test_a_year_of_quiet_days_ends() -> None:
    days = tuple(str(date(2027, 1, 1) + timedelta(days=number)) for number in range(365))
    assert opens(Hours(quiet=days), "", at("2027-01-01T12:00")) == at("2028-01-01T09:00")


CHANGES = [
    *(date(2011, 12, day) for day in (29, 30, 31)),
    *(date(2026, 2, 15), date(2026, 3, 8), date(2026, 3, 22), date(2026, 3, 28), date(2026, 3, 29)),
    *(date(2026, 4, 4), date(2026, 4, 24), date(2026, 10, 3), date(2026, 10, 4), date(2026, 10, 25)),
    *(date(2026, 10, 30), date(2026, 11, 1)),
]
"""When the clocks of these zones are changed, or just before."""

times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
days = st.dates(date(2011, 12, 20), date(2027, 12, 31))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, str, datetime]:
    """Some hours somewhere, and a moment: mostly near a change of the clock."""
    opening, closing = sorted(draw(st.lists(times, min_size=2, max_size=2, unique=True)))
    zone = draw(st.sampled_from(ZONES))
    around = draw(st.sampled_from(CHANGES) | days)
    quiet = draw(st.lists(st.sampled_from(WEEKDAYS) | st.just(str(around)), max_size=2, unique=True))
    hours = Hours(f"{opening:%H:%M}", f"{closing:%H:%M}", zone, {}, tuple(quiet))
    return hours, zone, datetime.combine(around, draw(st.times()), UTC)


@settings(deadline=None, max_examples=150)
@given(cases())
@example((Hours("00:00", "00:01", "Africa/Cairo"), "Africa/Cairo", at("2026-04-23T12:00")))
@example((Hours("00:30", "01:00", "America/Havana"), "America/Havana", at("2026-11-01T04:45")))
@example((Hours("00:00", "23:59", "Pacific/Apia", {}, ("2011-12-29",)), "Pacific/Apia", at("2011-12-29T20:00")))
def test_no_moment_of_the_day_is_missed_and_none_is_at_night(case: tuple[Hours, str, datetime]) -> None:
    hours, zone, now = case
    opening = opens(hours, "", now)
    assert opening >= now
    assert is_day(hours, zone, opening)
    assert opening == now or not is_day(hours, zone, opening - timedelta(microseconds=1))
    whole_minute = now.replace(second=0, microsecond=0) + MINUTE
    before = max((opening - whole_minute) // MINUTE, 0)
    assert before < 4 * 24 * 60 + 120
    assert not any(is_day(hours, zone, whole_minute + number * MINUTE) for number in range(before))
    assert opens(hours, "", opening) == opening


def test_a_machine_without_time_zones_of_its_own_knows_them_all_the_same() -> None:
    knows = "from zoneinfo import ZoneInfo, TZPATH; assert not TZPATH; ZoneInfo('America/Tijuana')"
    subprocess.run([sys.executable, "-c", knows], env={"PYTHONTZPATH": ""}, check=True)
