"""One question to one contributor: at most one is open, only its person hears it, and nobody learns who that is."""

from typing import Any

import pytest

from channels.messages import Kind
from handlers import inquiries
from handlers.writing import contents
from tests.handlers.house import House
from tests.handlers.test_matters import ASKS, opens, publishes

PHONE = ("+12025550123", "sms")
TEXT = {"en": "In which town?", "fr": "Dans quelle ville ?"}


async def asks(house: House, matter: str, contribution: str, text: Any = TEXT) -> str:
    return await house.acts(
        lambda session, process, now: inquiries.ask(session, process, matter, contribution, text, ASKS, now)
    )


async def test_it_goes_to_its_person_alone_where_they_gave_it(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins("Français")
    name = await bob.gives("Des interprètes.")
    await asks(house, await opens(house, await alice.gives(), name), name)
    assert await alice.hears() == ""
    heard = await bob.hears()
    assert "Dans quelle ville ?" in heard
    assert "Le 23 novembre 2026, vous nous avez dit ce qui doit changer" in heard
    assert "COMPLÉTER" in heard


async def test_a_second_question_waits_for_the_first_answer(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    matter = await opens(house, name)
    await asks(house, matter, name)
    with pytest.raises(contents.Unfit, match="waits for its answer"):
        await asks(house, await opens(house, name), name)
    await alice.says("reply", "In the harbour town.")
    await asks(house, matter, name)


@pytest.mark.parametrize("words", [("stop",), ("leave", "1"), ("forget", "1")])
async def test_who_stopped_left_or_was_forgotten_is_asked_nothing(house: House, words: tuple[str, ...]) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    matter = await opens(house, name)
    await alice.says(*words)
    with pytest.raises(contents.Unfit):
        await asks(house, matter, name)
    assert await alice.hears() == ""
    assert await house.column("SELECT count(*) FROM inquiry") == [0]


async def test_what_is_not_in_the_matter_is_not_asked_about(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    with pytest.raises(contents.Unfit, match="Nobody can be asked"):
        await asks(house, await opens(house), name)


@pytest.mark.parametrize("text", [{}, {"en": " "}, {"en": "x" * 401}, {"xx": "?"}])
async def test_a_question_that_cannot_be_sent_is_refused(house: House, text: dict[str, str]) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    with pytest.raises(contents.Unfit):
        await asks(house, await opens(house, name), name, text)
    assert await alice.hears() == ""


async def test_a_voice_note_answers_it_and_a_late_answer_still_comes_in(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    matter = await opens(house, name)
    await asks(house, matter, name)
    await publishes(house, matter)
    await alice.says("reply")
    await alice.does(alice.message(kind=Kind.VOICE, voice="file-1"))
    assert await house.column("SELECT count(*) FROM gathered") == [2]
    assert await house.column("SELECT count(*) FROM inquiry WHERE answer_id IS NOT NULL") == [1]
    assert "We have no question to you now." in await alice.says("reply")


async def test_words_that_are_no_answer_are_passed_on_as_something_new(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await alice.says("menu")
    await asks(house, await opens(house, name), name)
    words = "The school bus never comes to our street in the morning."
    assert "Is it your answer to our question?" in await alice.says(words)
    assert "Shall we pass it on" in await alice.says("2")
    await alice.says("1")
    assert await house.column("SELECT count(*) FROM gathered") == [1]
    assert await house.column("SELECT count(*) FROM contribution") == [2]
    assert await house.column("SELECT count(*) FROM inquiry WHERE answer_id IS NOT NULL") == [0]


async def test_nobody_else_answers_it(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    name = await alice.gives()
    await asks(house, await opens(house, name), name)
    assert "We have no question to you now." in await bob.says("reply")


async def test_what_is_taken_back_is_not_asked_about_any_more(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await asks(house, await opens(house, name), name)
    await alice.says("2")
    assert await house.column("SELECT count(*) FROM contribution") == [0]
    assert await house.column("SELECT count(*) FROM inquiry") == [0]
    assert "We have no question to you now." in await alice.says("reply")
