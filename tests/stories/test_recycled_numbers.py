"""A phone company gives a number to somebody else, who writes to us; or it was the same person after all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from handlers import bulletins, responses
from handlers.writing import contents
from storage import Keyring
from tests.review import PROCESS
from tests.stories.test_hours import Dial
from tests.stories.town import Person, StoryTown, town

LONG_AGO = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = "La dernière fois que ce numéro nous a écrit"


@pytest.fixture
async def clock() -> Dial:
    return Dial(LONG_AGO)


@pytest.fixture
async def square(database_url: str, keys: Keyring, clock: Dial) -> AsyncIterator[StoryTown]:
    async with town(database_url, keys, PROCESS, clock) as running:
        yield running


async def gives(person: Person) -> None:
    for words in ("share", "Un guichet en français."):
        person.says(words)
        await person.hears()


async def a_year_passes(square: StoryTown, clock: Dial) -> None:
    await square.quiet()
    clock.at += timedelta(days=400)


async def respond(square: StoryTown) -> int:
    """The organizers answer what was given; gives how many people are told."""
    [contribution] = await square.received()
    answer = contents.Response(
        "taken_up", {"en": "It is in the draft.", "fr": "C'est dans le projet."}, (contribution.id,)
    )
    _name, number = await square.acts(lambda session, process, now: responses.respond(session, process, answer, now))
    return number


async def test_the_number_is_somebody_elses_now(square: StoryTown, clock: Dial) -> None:
    alice = square.on_sms()
    await alice.joins("Français")
    await gives(alice)
    await a_year_passes(square, clock)
    bob = alice  # the same number, in another hand

    bob.says("status")
    await bob.hears(ASKED, "This number last wrote to us more than a year ago. Was that you?", "No, I am new")
    bob.says("Who is this?")
    await bob.hears(ASKED)
    bob.says("HELP")
    await bob.hears("Harbour Migration Forum", ASKED)
    bob.says("2")
    await bob.hears("Do you want to take part?")
    bob.says("1")
    await bob.hears("What should change?")
    bob.says("menu")
    await bob.hears("What would you like to do?")
    bob.says("status")
    await bob.hears("You have not told us anything yet.")

    assert await respond(square) == 0
    await bob.hears_nothing(square)
    [contribution] = await square.received()
    assert contribution.words == "Un guichet en français."


async def test_it_is_still_the_same_person(square: StoryTown, clock: Dial) -> None:
    alice = square.on_sms()
    await alice.joins("Français")
    await gives(alice)
    await a_year_passes(square, clock)
    alice.says("status")
    await alice.hears(ASKED)
    alice.says("oui")
    await alice.hears("Bon retour parmi nous.", "2 mars 2026")
    assert await respond(square) == 1
    await alice.hears("C'est dans le projet.")


async def test_what_is_for_one_person_does_not_leave_to_a_number_that_is_silent(square: StoryTown, clock: Dial) -> None:
    alice = square.on_sms()
    await alice.joins("Français")
    await gives(alice)
    await a_year_passes(square, clock)
    await respond(square)
    await alice.hears_nothing(square)
    news = contents.Bulletin({"fr": "Une lettre pour tout le monde."})
    await square.acts(lambda session, process, now: bulletins.publish(session, process, news, now))
    await alice.hears("Une lettre pour tout le monde.")


async def test_stop_holds_in_the_middle_of_the_question(square: StoryTown, clock: Dial) -> None:
    alice = square.on_sms()
    await alice.joins("Français")
    await a_year_passes(square, clock)
    alice.says("bonjour")
    await alice.hears(ASKED)
    alice.says("STOP")
    await alice.hears("START")
    news = contents.Bulletin({"fr": "Une lettre pour tout le monde."})
    await square.acts(lambda session, process, now: bulletins.publish(session, process, news, now))
    await alice.hears_nothing(square)
    alice.says("START")
    await alice.hears(ASKED)


async def test_the_answer_that_twilio_brings_ten_times_is_taken_once(square: StoryTown, clock: Dial) -> None:
    alice = square.on_sms()
    await alice.joins("Français")
    await a_year_passes(square, clock)
    alice.says("bonjour")
    await alice.hears(ASKED)
    form = square.twilio.says(alice.address, "2")
    for _time in range(9):
        await square.twilio.post(form)
    await alice.hears("Do you want to take part?")
    await alice.hears_nothing(square)
    async with square.parts.database.reading() as session:
        people = (await session.exec_driver_sql("SELECT count(*) FROM person")).scalar_one()
        addresses = (await session.exec_driver_sql("SELECT count(*) FROM address")).scalar_one()
    assert (people, addresses) == (2, 1)
