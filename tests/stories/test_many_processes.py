"""Five regional reviews and a national one run in one house: nothing of one is seen, sent or answered in another."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations

import pytest

import flows
from handlers import bulletins, inputs, processes
from handlers.writing import contents
from storage import Keyring
from tests.review import PROCESS
from tests.stories.town import Person, StoryTown, town

REGIONS = {"africa": "fr", "arab": "ar", "asia": "en", "europe": "en", "latin": "es"}
"""The five regional reviews, each with the language that its people begin in."""
HELLO = {"en": "hello", "fr": "bonjour", "es": "hola", "ar": "مرحبا"}
ASKED = {
    "en": "Do you want to take part?",
    "fr": "Voulez-vous participer",
    "es": "¿Quiere participar?",
    "ar": "هل تشاركون؟",
}


def review(slug: str, language: str) -> flows.Process:
    return replace(
        PROCESS,
        slug=slug,
        title={"en": f"Review of {slug}"},
        organizer={"en": f"Office of {slug}"},
        languages=(language, *(code for code in PROCESS.languages if code != language)),
        senders=(f"telegram-{slug}", f"sms-{slug}", f"whatsapp-{slug}"),
    )


@pytest.fixture
async def world(database_url: str, keys: Keyring) -> AsyncIterator[StoryTown]:
    """A running town with five regional reviews, and a national one under one of them."""
    async with town(database_url, keys, process=None, suffixes=[*REGIONS, "tunisia"]) as running:
        async with running.parts.database.writing() as session:
            for slug, language in REGIONS.items():
                await processes.begin(session, review(slug, language), running.clock())
            await processes.begin(session, replace(review("tunisia", "fr"), under="africa"), running.clock())
        yield running


async def publish(world: StoryTown, slug: str, text: str) -> None:
    bulletin = contents.Bulletin({"en": text})
    await world.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now), slug)


async def agrees(person: Person, language: str) -> None:
    person.says(HELLO[language])
    await person.hears_choices(ASKED[language])
    person.says("1")
    await person.hears()


@pytest.mark.parametrize("kind", ["telegram", "sms"])
async def test_each_review_greets_in_its_own_name_and_language_and_its_bulletins_stay_in_it(
    world: StoryTown, kind: str
) -> None:
    people = {slug: world.on(f"{kind}-{slug}") for slug in REGIONS}
    for slug, person in people.items():
        person.says(HELLO[REGIONS[slug]])
        terms = await person.hears_choices(ASKED[REGIONS[slug]])
        assert f"Office of {slug}" in terms
        assert not any(f"Office of {other}" in terms for other in REGIONS if other != slug)
        person.says("1")
        await person.hears()
    for slug in REGIONS:
        await publish(world, slug, f"News of {slug}")
    for slug, person in people.items():
        await person.hears(f"News of {slug}")
        await person.hears_nothing(world)


async def test_what_is_given_in_one_review_is_read_in_that_one_alone(world: StoryTown) -> None:
    amal, bob = world.on("sms-arab"), world.on("sms-europe")
    await agrees(amal, "ar")
    await agrees(bob, "en")
    bob.says("Interpreters at the clinic, please.")
    await bob.hears("Thank you.")
    await world.quiet()
    assert [contribution.words for contribution in await world.received("europe")] == [
        "Interpreters at the clinic, please."
    ]
    assert [len(await world.received(slug)) for slug in REGIONS if slug != "europe"] == [0, 0, 0, 0]


async def test_what_a_national_review_has_found_is_seen_in_the_regional_one_above_it_alone(world: StoryTown) -> None:
    found = contents.Input({"en": "Tunisia's input"}, {"en": "Faster papers."})
    await world.acts(lambda session, process, now: inputs.publish(session, process, found, now), "tunisia")
    seen = {
        slug: await world.acts(lambda session, process, _now: inputs.received(session, process), slug)
        for slug in REGIONS
    }
    assert [slug for slug, handed in seen.items() if handed] == ["africa"]


SURE = {"leave": "Do you want to leave?", "forget": "Shall we erase it?"}
DONE = {"leave": "You have left", "stop": "We will not write to you any more", "forget": "It is done. Goodbye."}


@pytest.mark.parametrize("order", list(permutations(("leave", "stop", "forget"))), ids="-".join)
async def test_leave_stop_and_forget_in_each_order_leave_nobody_to_write_to(
    world: StoryTown, order: tuple[str, ...]
) -> None:
    amal = world.on("sms-asia")
    await agrees(amal, "en")
    amal.says("More buses to the clinic, every day of the week.")
    await amal.hears("Thank you.")
    before = ""
    for word in order:
        amal.says(word)
        if word == "leave" and before == "stop":
            await amal.hears_nothing(world)
            continue
        if word == "leave" and before == "forget":
            await amal.hears(ASKED["en"])
            continue
        await is_sure(amal, word, has_stopped=before == "stop")
        before = word
    await publish(world, "asia", "News")
    await amal.hears_nothing(world)
    assert await world.received("asia") == []


async def is_sure(person: Person, word: str, has_stopped: bool) -> None:
    """STOP acts at once, and FORGET after it: a carrier that heard STOP carries no question."""
    if word in SURE and not has_stopped:
        await person.hears(SURE[word])
        person.says("1")
    await person.hears(DONE[word])
