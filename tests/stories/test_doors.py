"""People come by a door: a link on Telegram, a word from a poster on WhatsApp and SMS."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

import flows
from handlers import bulletins, closing, doors, processes
from handlers.doors import NewDoor
from handlers.writing import contents
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


@each_channel
async def test_who_comes_without_a_door_says_which_and_goes_from_one_to_the_other(
    square: StoryTown, channel: str
) -> None:
    alice = square.on(channel)
    alice.says("hello")
    await alice.hears_choices("Several reviews take place here.", "Regional review", "National review")
    alice.says("2")
    await alice.hears_choices("It is for: National review.", "Do you want to take part?")
    alice.says("1")
    await alice.hears("What should change?")
    alice.says("Buses at night.")
    await alice.hears("Hill Migration Forum will read it.")
    alice.says("switch")
    await alice.hears_choices("Which review do you want to go to?", "Regional review", "Stay here")
    alice.says("1")
    await alice.hears_choices("It is for: Regional review.")
    alice.says("no")
    await alice.hears("You do not take part in:", "To go to another review, send SWITCH.")
    alice.says("switch")
    await alice.hears_choices("National review")
    alice.says("1")
    await alice.hears("What would you like to do?", "See what was done")


async def test_it_is_asked_in_arabic_on_every_channel(square: StoryTown) -> None:
    for channel in ("telegram", "whatsapp", "sms"):
        amal = square.on(channel)
        amal.says("مرحبا")
        await amal.hears_choices("تجري هنا عدة استعراضات.", "الاستعراض الإقليمي", "الاستعراض الوطني")
        amal.says("2")
        await amal.hears_choices("الاستعراض الوطني", "هل تشاركون؟")
        amal.says("1")
        await amal.hears()
        amal.says("تبديل")
        await amal.hears_choices("إلى أي استعراض تريدون الانتقال؟", "البقاء هنا")
        amal.says("البقاء هنا")
        await amal.hears()


@each_channel
async def test_stop_and_forget_work_before_a_process_is_chosen(square: StoryTown, channel: str) -> None:
    alice, bashir = square.on(channel), square.on(channel)
    for person in (alice, bashir):
        person.says("hello")
        await person.hears_choices("Several reviews take place here.")
    alice.says("stop")
    await alice.hears("We will not write to you any more.")
    bashir.says("forget")
    await bashir.hears_choices("Shall we erase it?")
    bashir.says("1")
    await bashir.hears("It is done. Goodbye.")


async def tells(square: StoryTown, slug: str, words: str) -> None:
    async def publish(session: Session, moment: datetime) -> str:
        process = await processes.named(session, slug)
        return await bulletins.publish(session, process, contents.Bulletin({"en": words}), moment)

    await square.organizer(publish)


@each_channel
async def test_what_goes_out_to_many_says_of_which_process_it_is(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    for word in ("harbour", "hill"):
        comes_by(alice, word)
        await alice.hears_choices()
        alice.says("1")
        await alice.hears("Thank you.")
    await tells(square, "national", "The hearing is on Friday.")
    assert (await alice.hears()).startswith("National review\nThe hearing is on Friday.")
    await tells(square, "regional-review", "The draft is out.")
    assert (await alice.hears()).startswith("Regional review\nThe draft is out.")


@each_channel
async def test_where_one_process_is_open_nothing_is_said_of_which(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    comes_by(alice, "harbour")
    await alice.hears_choices()
    alice.says("1")
    await alice.hears("Thank you.")
    keys = square.parts.keys

    async def close(session: Session, moment: datetime) -> None:
        await closing.close(session, await processes.named(session, "national"), keys, moment)

    await square.organizer(close)
    await tells(square, "regional-review", "The draft is out.")
    assert (await alice.hears()).startswith("The draft is out.")
