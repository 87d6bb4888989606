"""A bulletin that repeats is published each time once, at the same time of day, however long we were away."""

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows
from handlers import bulletins, processes, schedules
from handlers.schedules import following
from handlers.writing import contents
from storage.broadcasts import Audience
from tests.handlers.house import PROCESS, House

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("repeat", "first", "now", "comes"),
    [
        ("daily", "2026-11-23T18:00", "2026-11-23T18:00", "2026-11-24T18:00"),
        ("daily", "2026-11-23T18:00", "2026-12-31T17:59", "2026-12-31T18:00"),
        ("weekly", "2026-11-23T18:00", "2026-11-23T18:00", "2026-11-30T18:00"),
        ("weekly", "2026-11-23T18:00", "2027-01-06T10:00", "2027-01-11T18:00"),
        ("weekly", "2026-03-23T18:00", "2026-03-23T18:00", "2026-03-30T18:00"),  # the clock is put on between them
        ("weekly", "2026-10-19T18:00", "2026-10-19T18:00", "2026-10-26T18:00"),  # and back
        ("daily", "2026-03-28T02:30", "2026-03-28T02:30", "2026-03-29T03:30"),  # 02:30 does not come on that day
        ("daily", "2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"),
        ("daily", "2026-10-24T02:30", "2026-10-25T02:30", "2026-10-26T02:30"),  # 02:30 comes twice on the 25th
        ("monthly", "2026-11-23T18:00", "2026-12-23T18:00", "2027-01-23T18:00"),
        ("monthly", "2027-01-31T18:00", "2027-01-31T18:00", "2027-02-28T18:00"),
        ("monthly", "2027-01-31T18:00", "2027-02-28T18:00", "2027-03-31T18:00"),
        ("monthly", "2027-12-31T18:00", "2028-02-01T10:00", "2028-02-29T18:00"),
        ("monthly", "2026-11-23T18:00", "2030-05-23T17:59", "2030-05-23T18:00"),
    ],
)
def test_the_next_one_comes_at_the_same_time_of_day(repeat: str, first: str, now: str, comes: str) -> None:
    assert following(repeat, local(first).astimezone(UTC), PARIS, local(now).astimezone(UTC)) == local(comes)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 as asked


@given(st.sampled_from(bulletins.REPEATS), moments, st.timedeltas(timedelta(0), 900 * DAY))
def test_the_next_one_is_to_come_and_none_is_left_out(repeat: str, first: datetime, passed: timedelta) -> None:
    now = first + passed
    comes = following(repeat, first, PARIS, now)
    longest = {"daily": 1, "weekly": 7, "monthly": 31}[repeat] * DAY + timedelta(hours=1)
    assert now < comes <= now + longest
    assert following(repeat, first, PARIS, comes - timedelta(microseconds=1)) == comes


def weekly(text: str = "What is new", **more: object) -> contents.Bulletin:
    return contents.Bulletin({"en": text}, repeat="weekly", **more)  # type: ignore[arg-type]


async def publishes_due(house: House) -> int:
    return await house.does(schedules.publish_due)


async def begins(house: House, bulletin: contents.Bulletin) -> str:
    return await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))


async def test_what_repeats_is_published_again_each_week(house: House) -> None:
    alice = await house.meets().joins()
    await begins(house, weekly())
    for _week in range(3):
        assert await publishes_due(house) == 1
        assert "What is new" in await alice.hears()
        assert await publishes_due(house) == 0
        house.now += 7 * DAY - timedelta(seconds=1)
        assert await publishes_due(house) == 0
        house.now += timedelta(seconds=1)


async def test_what_was_missed_is_published_once_and_then_as_before(house: House) -> None:
    await begins(house, weekly())
    begun = house.now
    house.now += 38 * DAY
    assert await publishes_due(house) == 1
    assert await publishes_due(house) == 0
    [next_one] = await house.acts(lambda session, process, _now: schedules.waiting(session, process))
    assert next_one.due == begun + 42 * DAY


async def test_nothing_is_published_before_its_first_time(house: House) -> None:
    await begins(house, weekly(not_before="2026-11-24T09:00"))
    assert await publishes_due(house) == 0
    house.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert await publishes_due(house) == 1


async def test_it_repeats_until_its_last_day(house: House) -> None:
    await begins(house, weekly(not_after=(house.now + 7 * DAY).date()))
    published = 0
    for _week in range(4):
        published += await publishes_due(house)
        house.now += 7 * DAY
    assert published == 2
    assert await house.acts(lambda session, process, _now: schedules.waiting(session, process)) == []


async def test_what_has_not_left_when_the_next_one_comes_does_not_leave_any_more(house: House) -> None:
    alice = await house.meets().joins()
    await begins(house, weekly())
    await publishes_due(house)
    house.now += 7 * DAY
    await publishes_due(house)
    assert (await alice.hears()).count("What is new") == 1
    assert sorted(await house.column("SELECT state FROM delivery WHERE broadcast_id IS NOT NULL")) == [
        "expired", "sent",
    ]  # fmt: skip


async def test_who_comes_between_two_reads_the_last_one(house: House) -> None:
    await begins(house, weekly())
    alice = await house.meets().joins()
    assert "What is new" not in await alice.says("news")
    await publishes_due(house)
    await alice.hears()
    assert "What is new" in await alice.says("news")


async def test_what_was_stopped_is_not_published_again(house: House) -> None:
    name = await begins(house, weekly())
    await publishes_due(house)
    [found] = await house.acts(lambda session, process, _now: schedules.waiting(session, process))
    assert (found.id, found.repeat, found.due, found.bulletin) == (name, "weekly", house.now + 7 * DAY, weekly())
    await house.acts(lambda session, process, _now: schedules.stop(session, process, name))
    house.now += 7 * DAY
    assert await publishes_due(house) == 0
    with pytest.raises(contents.Unfit, match="No bulletin that repeats"):
        await house.acts(lambda session, process, _now: schedules.stop(session, process, name))


async def test_it_keeps_its_time_by_the_clock_of_the_process(house: House) -> None:
    paris = dataclasses.replace(PROCESS, daytime=flows.Daytime("Europe/Paris"))
    await house.does(lambda session, now: processes.begin(session, paris, now))
    house.now = datetime(2026, 10, 19, 10, tzinfo=UTC)
    await begins(house, weekly(not_before="2026-10-19T18:00"))
    house.now = datetime(2026, 10, 19, 16, tzinfo=UTC)
    assert await publishes_due(house) == 1
    [next_one] = await house.acts(lambda session, process, _now: schedules.waiting(session, process))
    assert next_one.due == datetime(2026, 10, 26, 17, tzinfo=UTC)


async def test_a_region_that_has_gone_meanwhile_stops_nobody_else_s(house: House) -> None:
    await begins(house, weekly("for the south", audience=Audience(regions=("south",))))
    await begins(house, weekly("for all"))
    north = dataclasses.replace(PROCESS, regions=())
    await house.does(lambda session, now: processes.begin(session, north, now))
    assert await publishes_due(house) == 2


async def test_one_that_repeats_in_a_way_we_do_not_know_is_refused(house: House) -> None:
    with pytest.raises(contents.Unfit, match="repeat is one of: daily, weekly, monthly"):
        await begins(house, contents.Bulletin({"en": "x"}, repeat="hourly"))
