"""When things leave: what we say of our own accord by day, where people live; what they ask for at once."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import flows
import storage
from bot.housekeeping import Housekeeping
from bot.worker import Worker
from broadcast.expand import expand
from handlers import bulletins, people, processes, responses, rounds
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Keyring, Session, broadcasts, outbox
from tests.review import PROCESS
from tests.stories.test_council import to_vote
from tests.stories.town import Person, StoryTown, town

ISLANDS, PLAIN = "1", "2"
DAYTIME = flows.Daytime("Africa/Tunis", "09:00", "20:00", ("sunday",))
BY_DAY = dataclasses.replace(
    PROCESS,
    regions=(
        flows.Region("islands", {"en": "The islands"}, "Atlantic/Azores"),
        flows.Region("plain", {"en": "The plain"}),
    ),
    daytime=DAYTIME,
)
NEWS = contents.Bulletin({"en": "The review begins."})
WEEK = timedelta(days=7)


def in_(zone: str, written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclasses.dataclass
class Dial:
    """A clock that is turned by hand."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclasses.dataclass
class Night:
    """A town in which somebody turns the clock."""

    town: StoryTown
    clock: Dial

    @property
    def at(self) -> datetime:
        return self.clock.at

    async def becomes(self, at: datetime) -> None:
        """What was under way has ended when the clock is turned, and what may leave then has left."""
        await self.settles()
        self.clock.at = at
        await self.town.parts.worker.expand()
        await self.town.parts.hints.waker.wake()
        await self.settles()

    async def settles(self) -> None:
        """Until all has left that may leave now."""
        while True:
            await self.town.telegram.wire.settled()
            async with self.town.parts.database.reading() as session:
                found = await outbox.overview(session, self.at)
            if not found.sending and not any(lane.due for lane in found.lanes):
                return
            await asyncio.sleep(0.01)

    async def publishes(self, bulletin: contents.Bulletin = NEWS) -> str:
        return await self.town.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))

    async def joins(self, region: str = PLAIN) -> Person:
        person = self.town.on_telegram()
        for text in ("hello", "1", "menu", "/region", region):
            person.says(text)
            await person.hears()
        return person

    async def has_nothing_for(self, person: Person) -> None:
        await self.settles()
        assert person.chat.ours()[person.chat._heard :] == []


@asynccontextmanager
async def night_in(database_url: str, keys: Keyring, process: flows.Process, at: datetime) -> AsyncIterator[Night]:
    clock = Dial(at)
    async with town(database_url, keys, process, clock) as running:
        yield Night(running, clock)


@pytest.fixture
async def evening(database_url: str, keys: Keyring) -> AsyncIterator[Night]:
    """A Monday, eleven at night in Tunis and nine on the islands."""
    async with night_in(database_url, keys, BY_DAY, in_("Africa/Tunis", "2026-11-23T23:00")) as made:
        yield made


async def test_a_bulletin_of_the_night_reaches_each_in_their_own_morning(evening: Night) -> None:
    amira, bruno = await evening.joins(PLAIN), await evening.joins(ISLANDS)
    await evening.publishes()
    await evening.has_nothing_for(amira)
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T08:59:59"))
    await evening.has_nothing_for(amira)
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T09:00"))
    await amira.hears("The review begins.")
    await evening.has_nothing_for(bruno)
    await evening.becomes(in_("Atlantic/Azores", "2026-11-24T09:00"))
    await bruno.hears("The review begins.")


async def test_a_reply_leaves_at_once_at_night(evening: Night) -> None:
    amira = await evening.joins()
    await evening.publishes()
    amira.says("menu")
    await amira.hears("What would you like to do?")
    amira.says("news")
    await amira.hears("The review begins.")


async def test_what_is_urgent_leaves_at_night(evening: Night) -> None:
    amira = await evening.joins()
    await evening.publishes(dataclasses.replace(NEWS, urgent=True))
    await amira.hears("The review begins.")


async def test_a_reminder_to_vote_waits_for_the_morning_of_who_has_not_voted_by_then(evening: Night) -> None:
    async def invite(session: Session, process: OpenProcess, now: datetime) -> str:
        return await people.invite(session, evening.town.parts.keys, process, now)

    amira, bruno = await evening.joins(), await evening.joins()
    for member in (amira, bruno):
        member.says(await evening.town.acts(invite))
        await member.hears("Welcome to the council")
    vote = dataclasses.replace(to_vote(), closes=date(2026, 11, 25))
    await evening.town.acts(lambda session, process, now: rounds.open_(session, process, vote, now))
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T09:00"))
    for member in (amira, bruno):
        await member.hears("The council votes")
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T22:00"))
    assert await evening.town.organizer(rounds.remind) == 2
    await evening.has_nothing_for(amira)
    for text in ("vote", "1", "1"):
        bruno.says(text)
        await bruno.hears()
    await evening.becomes(in_("Africa/Tunis", "2026-11-25T09:00"))
    assert await evening.town.organizer(rounds.remind) == 0
    await amira.hears("The vote ends soon: What comes first.")
    await evening.has_nothing_for(amira)
    await evening.has_nothing_for(bruno)


async def test_word_of_what_was_done_waits_for_the_morning(evening: Night) -> None:
    amira = await evening.joins()
    for text in ("share", "More buses."):
        amira.says(text)
        await amira.hears()
    [contribution] = await evening.town.received()
    done = contents.Response("taken_up", {"en": "There are more buses."}, (contribution.id,))
    await evening.town.acts(lambda session, process, now: responses.respond(session, process, done, now))
    await evening.has_nothing_for(amira)
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T09:00"))
    await amira.hears("There are more buses.")


async def test_what_the_night_held_leaves_when_the_process_keeps_no_hours_any_more(evening: Night) -> None:
    """Also what is paused then, once it is resumed; and no sooner than its own day what begins later."""
    amira = await evening.joins()
    await evening.publishes()
    paused = await evening.publishes(contents.Bulletin({"en": "It is paused."}))
    await evening.publishes(contents.Bulletin({"en": "It is for later."}, not_before="2026-11-25T18:00"))
    await evening.becomes(evening.at)
    await evening.town.organizer(lambda session, _now: broadcasts.pause(session, paused))
    await evening.becomes(evening.at)
    await evening.has_nothing_for(amira)
    at_any_hour = dataclasses.replace(BY_DAY, daytime=None, regions=())
    await evening.town.organizer(lambda session, now: processes.begin(session, at_any_hour, now))
    await evening.becomes(evening.at)
    await amira.hears("The review begins.")
    await evening.has_nothing_for(amira)
    await evening.town.organizer(lambda session, _now: broadcasts.resume(session, paused))
    await evening.becomes(evening.at + timedelta(seconds=2))
    await amira.hears("It is paused.")
    await evening.has_nothing_for(amira)


async def test_what_did_not_leave_by_evening_waits_for_the_next_morning(evening: Night) -> None:
    """Its deliveries were made a minute before night, and it was night when the worker came to them."""
    amira = await evening.joins()
    in_time = in_("Africa/Tunis", "2026-11-24T19:59")
    await evening.becomes(in_("Africa/Tunis", "2026-11-24T20:00"))
    async with evening.town.parts.database.writing() as session:
        await bulletins.publish(session, await processes.named(session), NEWS, in_time)
    while await expand(evening.town.parts.database, in_time):
        pass
    await evening.has_nothing_for(amira)
    await evening.becomes(in_("Africa/Tunis", "2026-11-25T09:00"))
    await amira.hears("The review begins.")


async def test_a_sunday_is_quiet(evening: Night) -> None:
    amira = await evening.joins()
    await evening.becomes(in_("Africa/Tunis", "2026-11-28T21:00"))
    await evening.publishes()
    await evening.becomes(in_("Africa/Tunis", "2026-11-29T12:00"))
    await evening.has_nothing_for(amira)
    await evening.becomes(in_("Africa/Tunis", "2026-11-30T09:00"))
    await amira.hears("The review begins.")


@pytest.mark.parametrize(("before", "after"), [("2026-10-24", "2026-10-25"), ("2027-03-27", "2027-03-28")])
async def test_in_a_night_in_which_the_clocks_are_changed_the_morning_is_that_of_the_new_time(
    database_url: str, keys: Keyring, before: str, after: str
) -> None:
    process = dataclasses.replace(PROCESS, daytime=flows.Daytime("Europe/Paris"))
    async with night_in(database_url, keys, process, in_("Europe/Paris", f"{before}T23:00")) as night:
        amira = await night.joins()
        await night.publishes()
        await night.becomes(in_("Europe/Paris", f"{after}T08:59:59"))
        await night.has_nothing_for(amira)
        await night.becomes(in_("Europe/Paris", f"{after}T09:00"))
        await amira.hears("The review begins.")


async def test_a_bulletin_for_later_leaves_then_and_is_no_news_before(evening: Night) -> None:
    amira = await evening.joins()
    await evening.publishes(dataclasses.replace(NEWS, not_before="2026-11-25T18:00"))
    await evening.becomes(in_("Africa/Tunis", "2026-11-25T17:59:59"))
    await evening.has_nothing_for(amira)
    amira.says("news")
    assert "The review begins." not in await amira.hears()
    await evening.becomes(in_("Africa/Tunis", "2026-11-25T18:00"))
    await amira.hears("The review begins.")


async def test_what_repeats_leaves_once_each_week_however_many_workers_there_are(
    database_url: str, evening: Night
) -> None:
    amira = await evening.joins()
    parts = evening.town.parts
    await evening.publishes(dataclasses.replace(NEWS, repeat="weekly", not_before="2026-11-24T12:00"))
    closing = asyncio.Event()
    another = storage.open(database_url)
    try:
        second = Worker(another, parts.keys, parts.channels, parts.hints, parts.inbox, parts.worker.clock)
        working = asyncio.create_task(second.run(closing))
        houses = [
            Housekeeping(opened, parts.keys, parts.channels, parts.hints.waker) for opened in (parts.database, another)
        ]
        for week in range(3):
            await evening.becomes(in_("Africa/Tunis", "2026-11-24T12:00") + week * WEEK)
            # Beside their own rounds, which may fall anywhere: both workers keep house at the same time, and again.
            await asyncio.gather(*(house.keep(evening.at) for house in houses for _time in range(2)))
            await amira.hears("The review begins.")
            await evening.has_nothing_for(amira)
        closing.set()
        await working
    finally:
        closing.set()
        await another.close()
