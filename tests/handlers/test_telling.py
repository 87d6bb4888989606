"""What we say of our own accord waits for people's day; what they ask for does not."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

import flows
from handlers import bulletins, consultations, people, processes, responses, rounds, telling
from handlers.telling import Announcement
from handlers.writing import contents
from storage import broadcasts
from storage.broadcasts import Hours, Subject
from storage.outbox import deliveries
from tests.handlers.house import PROCESS, House, Writer
from tests.handlers.written import consultation, to_vote

NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
DAYTIME = flows.Daytime("Africa/Tunis", "08:00", "19:30", ("sunday",))
NORTH, SOUTH = PROCESS.regions
BY_DAY = dataclasses.replace(
    PROCESS, daytime=DAYTIME, regions=(dataclasses.replace(NORTH, zone="Atlantic/Azores"), SOUTH)
)
HOURS = Hours("08:00", "19:30", "Africa/Tunis", {"north": "Atlantic/Azores"}, ("sunday",))


@pytest.fixture
async def by_day(house: House) -> House:
    """Where nobody is written to at night; it is night."""
    await house.does(lambda session, now: processes.begin(session, BY_DAY, now))
    house.now = NIGHT
    return house


async def publishes(house: House, **more: object) -> str:
    bulletin = contents.Bulletin({"en": "Come all."}, **more)  # type: ignore[arg-type]
    return await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))


def about(subject: str) -> str:
    return f"substr(subject, 1, {len(subject) + 1}) = '{subject}:'"


async def hours(house: House, subject: str) -> Hours | None:
    """The same, where a subject has several broadcasts."""
    [packed] = set(await house.column(f"SELECT hours FROM broadcast WHERE {about(subject)}"))  # noqa: S608
    return msgspec.json.decode(packed, type=Hours) if packed else None


async def moment(house: House, column: str, subject: str = "bulletin") -> datetime | None:
    [found] = await house.column(f"SELECT {column} FROM broadcast WHERE {about(subject)}")  # noqa: S608
    at = datetime.fromisoformat(found) if isinstance(found, str) else found
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC))


async def seated(house: House, sender: str) -> Writer:
    member = await house.meets(sender).joins()
    code = await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))
    await member.says(code)
    return member


async def test_everything_that_many_are_told_carries_the_hours_of_the_process(by_day: House) -> None:
    alice = await seated(by_day, "1")
    contribution = await alice.gives()
    await publishes(by_day)
    await by_day.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    response = contents.Response("taken_up", {"en": "Yes."}, (contribution,))
    await by_day.acts(lambda session, process, now: responses.respond(session, process, response, now))
    name = await by_day.acts(lambda session, process, now: rounds.open_(session, process, to_vote(), now))
    await by_day.acts(lambda session, process, now: rounds.close(session, process, by_day.keys, name, now))
    for subject in ("bulletin", "consultation", "response", "round", "result"):
        assert await hours(by_day, subject) == HOURS, subject


async def test_what_is_urgent_leaves_at_any_hour(by_day: House) -> None:
    await publishes(by_day, urgent=True)
    assert await hours(by_day, "bulletin") is None


async def test_without_a_daytime_everything_leaves_at_any_hour(house: House) -> None:
    await publishes(house)
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    assert await hours(house, "bulletin") is await hours(house, "consultation") is None


async def test_replies_do_not_wait_for_the_morning(by_day: House) -> None:
    alice = await by_day.meets().joins()
    assert "What would you like to do?" in await alice.says("menu")


async def test_a_bulletin_leaves_as_it_says(by_day: House) -> None:
    await publishes(by_day, outside=("elsewhere", "wait"), elsewhere=True, again=True)
    ((outside, elsewhere, again),) = await _rows(by_day, "SELECT outside, elsewhere, again FROM broadcast")
    assert (outside, bool(elsewhere), bool(again)) == ("elsewhere,wait", True, True)


async def test_a_bulletin_that_says_nothing_is_never_sent_twice_and_a_question_may_be(by_day: House) -> None:
    await publishes(by_day)
    await by_day.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    found = await _rows(by_day, "SELECT subject, outside, elsewhere, again FROM broadcast ORDER BY subject")
    assert [(row[0].partition(":")[0], row[1], bool(row[2]), bool(row[3])) for row in found] == [
        ("bulletin", "template,wait", False, False),
        ("consultation", "template,wait", False, True),
    ]


async def _rows(house: House, query: str) -> list[tuple[str, ...]]:
    async with house.database.reading() as session:
        return [tuple(row) for row in await session.exec_driver_sql(query)]


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        ("2026-12-01", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("2026-12-01T18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("2026-12-01T18:00:00+03:00", datetime(2026, 12, 1, 15, tzinfo=UTC)),
        ("2026-12-01T18:00:00Z", datetime(2026, 12, 1, 18, tzinfo=UTC)),
    ],
)
async def test_a_day_begins_by_the_clock_of_the_process(by_day: House, written: str, begins: datetime) -> None:
    await publishes(by_day, not_before=written)
    assert await moment(by_day, "not_before") == begins


async def test_a_day_ends_by_the_clock_of_the_process(by_day: House) -> None:
    await publishes(by_day, not_after=date(2026, 12, 1))
    assert await moment(by_day, "not_after") == datetime(2026, 12, 1, 23, tzinfo=UTC) - timedelta(microseconds=1)


async def test_without_a_daytime_a_day_is_one_of_utc(house: House) -> None:
    await publishes(house, not_before="2026-12-01", not_after=date(2026, 12, 1))
    assert await moment(house, "not_before") == datetime(2026, 12, 1, tzinfo=UTC)
    assert await moment(house, "not_after") == datetime(2026, 12, 2, tzinfo=UTC) - timedelta(microseconds=1)


async def test_a_day_that_the_clock_jumps_into_begins_when_it_jumps(house: House) -> None:
    cairo = dataclasses.replace(PROCESS, daytime=flows.Daytime("Africa/Cairo"))
    await house.does(lambda session, now: processes.begin(session, cairo, now))
    await publishes(house, not_before="2027-04-30", not_after=date(2027, 4, 30))
    assert await moment(house, "not_before") == datetime(2027, 4, 29, 22, tzinfo=UTC)
    assert await moment(house, "not_after") == datetime(2027, 4, 30, 21, tzinfo=UTC) - timedelta(microseconds=1)


async def test_nobody_is_invited_to_a_vote_that_is_over(by_day: House) -> None:
    await seated(by_day, "1")
    await by_day.acts(lambda session, process, now: rounds.open_(session, process, to_vote(days=3), now))
    assert await moment(by_day, "not_after", "round") == datetime(2026, 11, 27, tzinfo=UTC) - timedelta(microseconds=1)


async def test_news_to_come_are_read_from_their_moment_on_and_not_before(by_day: House) -> None:
    alice = await by_day.meets().joins()
    await publishes(by_day, not_before="2026-11-25T09:00")
    assert "Come all." not in await alice.says("news")
    by_day.now = datetime(2026, 11, 25, 8, tzinfo=UTC) - timedelta(seconds=1)
    assert "Come all." not in await alice.says("news")
    by_day.now += timedelta(seconds=1)
    assert "Come all." in await alice.says("news")


async def test_nothing_is_made_of_a_bulletin_before_its_moment(by_day: House) -> None:
    alice = await by_day.meets().joins()
    await publishes(by_day, not_before="2026-11-25T09:00")
    by_day.now += timedelta(hours=12)
    assert "Come all." not in await alice.hears()
    assert await by_day.column("SELECT id FROM delivery WHERE broadcast_id IS NOT NULL") == []


async def test_what_one_person_is_told_at_night_leaves_in_the_morning_in_the_same_order(house: House) -> None:
    alice = await house.meets().joins()
    process = await house.does(lambda session, _now: processes.named(session))
    for number in range(6):
        house.now += timedelta(seconds=1)
        notice = {"en": f"Notice {number}."}
        await house.does(
            lambda session, now, notice=notice: telling.tell_now(  # type: ignore[misc]
                session, process, Announcement(Subject("promise", "x"), notice), now
            )
        )
    morning = house.now + timedelta(hours=8)
    async with house.database.writing() as session:
        for broadcast in await broadcasts.latest(session, house.process, 6):
            await deliveries.put_off(session, deliveries.Delay(broadcast.id, "north", morning, "night"), house.now, 1)
    assert await alice.hears() == ""
    house.now = morning
    assert await alice.hears() == "\n".join(f"Notice {number}." for number in range(6))
