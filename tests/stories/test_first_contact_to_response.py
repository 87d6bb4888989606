"""A person writes in, is welcomed, gives a recommendation and later hears what was done with it."""

import pytest

from handlers import responses
from handlers.writing import contents
from locales import in_words
from tests.stories.town import StoryTown


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_from_first_contact_to_response(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    alice.says("hello")
    await alice.hears_choices("Harbour Migration Forum", "Do you want to take part?")
    alice.says("1")
    await alice.hears("What should change?")
    alice.says("Interpreters at the clinic would help.")
    await alice.hears_choices("Thank you")
    alice.says("1")
    await alice.hears_choices("What is it about?")
    alice.says("Safety and protection")
    await alice.hears_choices("Where do you live?", "The north")
    alice.says("2")
    await alice.hears("Thank you")

    [contribution] = await square.received()
    assert (contribution.words, contribution.topic) == ("Interpreters at the clinic would help.", "safety")

    response = contents.Response("taken_up", {"en": "It is point 4 of the draft."}, (contribution.id,))
    _, number = await square.acts(lambda session, process, now: responses.respond(session, process, response, now))
    assert number == 1
    day = in_words(contribution.given)
    await alice.hears(f"On {day} you told us about: Safety and protection", "It was taken up.", "It is point 4 of")

    alice.says("status")
    shown = await alice.hears("It was taken up.")
    assert "Interpreters" not in shown
    await alice.hears_nothing(square)
