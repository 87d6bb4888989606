"""People come by a door: a link on Telegram, a word from a poster on WhatsApp and SMS."""

from collections.abc import AsyncIterator

import pytest

import flows
from handlers import doors, processes
from handlers.doors import NewDoor
from storage import Keyring, Session, senders
from storage import doors as stored
from tests.review import PROCESS
from tests.stories.town import Person, StoryTown, now, town

NATIONAL = flows.Process(
    slug="national",
    title={"en": "National review", "fr": "Examen national", "ar": "الاستعراض الوطني"},
    organizer={"en": "Hill Migration Forum"},
    languages=("en", "fr", "ar"),
    regions=(),
)
DOORS = [
    NewDoor(sender, word, language, "poster")
    for sender in ("telegram", "whatsapp", "sms")
    for word, language in (("hill", None), ("colline", "fr"), ("tall", "ar"))
]
each_channel = pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])


@pytest.fixture
async def square(database_url: str, keys: Keyring) -> AsyncIterator[StoryTown]:
    """Two processes share every sender, and there are doors to the second one."""
    async with town(database_url, keys, PROCESS) as running:
        async with running.parts.database.writing() as session:
            await opens(session)
        yield running


async def opens(session: Session) -> None:
    await senders.keep(session, {name: name for name in ("telegram", "whatsapp", "sms")})
    national = await processes.begin(session, NATIONAL, now())
    regional = (await processes.every(session))[0]
    for new in DOORS:
        await doors.add(session, national, new)
    for sender in ("telegram", "whatsapp", "sms"):
        await doors.add(session, regional, NewDoor(sender, "harbour"))


def comes_by(person: Person, word: str) -> None:
    person.says(f"/start {word}" if person.address.isdecimal() else word.upper())


async def came(square: StoryTown) -> int:
    async with square.parts.database.reading() as session:
        process = await processes.shown(session, "national")
        return sum(door.came for door in await stored.of(session, process.id))


@each_channel
async def test_a_door_leads_into_its_process_and_speaks_its_language(square: StoryTown, channel: str) -> None:
    alice, amal = square.on(channel), square.on(channel)
    comes_by(alice, "colline")
    await alice.hears_choices("Hill Migration Forum", "Examen national", "Voulez-vous participer")
    alice.says("1")
    await alice.hears("qui doit changer")
    comes_by(amal, "tall")
    await amal.hears_choices("الاستعراض الوطني")
    await square.quiet()
    assert await came(square) == 2


@each_channel
async def test_who_takes_part_already_comes_into_the_other_process_and_back(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    comes_by(alice, "harbour")
    await alice.hears_choices("Regional review")
    alice.says("1")
    await alice.hears()
    comes_by(alice, "hill")
    await alice.hears_choices("It is for: National review.", "Do you want to take part?")
    alice.says("1")
    await alice.hears("What should change?")
    alice.says("Buses at night.")
    await alice.hears("Hill Migration Forum will read it.")
    comes_by(alice, "harbour")
    await alice.hears("What would you like to do?")
    comes_by(alice, "hill")
    await alice.hears("What would you like to do?")
    assert await came(square) == 1
