"""What people said is gathered and answered: they hear it, say if it helps, follow what others said, are asked back."""

from datetime import datetime

import pytest

import flows
from demo.platforms.chats import Bubble
from handlers import inquiries, matters, responses
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import _, speaking
from storage import Session
from tests.stories.town import Person, StoryTown, shown_in

CHANNELS = ("telegram", "whatsapp", "sms")
NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
CLINICS = {
    "en": "Interpreters at clinics",
    "fr": "Des interprètes dans les cliniques",
    "es": "Intérpretes en las clínicas",
    "ar": "مترجمون في العيادات",
}
BECAUSE = {"en": "The draft says so.", "fr": "Le projet le dit.", "es": "Lo dice el texto.", "ar": "النص يقول ذلك."}
WHICH = {"en": "In which town?", "fr": "Dans quelle ville?", "es": "¿En qué ciudad?", "ar": "في أي مدينة؟"}
"""No sign in them is written otherwise by SMS."""
STAFF = "staff-1"


async def gives(person: Person, words: str, language: str = "en") -> None:
    with speaking(language):
        person.says("/" + flows.to_send("share"))
        await person.hears(flows.to_send("menu")[:3])
        person.says(words)
        await person.hears_choices(_("Add the topic"))


async def opens(square: StoryTown, *names: str, is_public: bool = False) -> str:
    async def act(session: Session, process: OpenProcess, now: datetime) -> str:
        draft = Draft(CLINICS, "services", is_public=is_public)
        return await matters.open_one(session, process, draft, names, STAFF, now)

    return await square.acts(act)


async def responds(square: StoryTown, matter: str) -> None:
    response = contents.Response("taken_up", BECAUSE, matters=(matter,))
    await square.acts(lambda session, process, now: responses.publish(session, process, response, now))


async def said_of_it(square: StoryTown) -> list[tuple[str, bool]]:
    """What everybody said of responses, and whether they said why."""
    async with square.parts.database.reading() as session:
        rows = await session.exec_driver_sql("SELECT helped, why IS NOT NULL AS why FROM feedback ORDER BY helped")
        return [(row.helped, bool(row.why)) for row in rows]


def taps_under(person: Person, bubble: Bubble, label: str) -> None:
    index = next(index for index, button in enumerate(bubble.buttons) if button.label == label)
    person.platform.taps(person.address, bubble.id, index)


@pytest.mark.parametrize(
    ("channel", "language"), [("telegram", "fr"), ("whatsapp", "en"), ("sms", "es"), ("sms", "ar"), ("telegram", "ar")]
)
async def test_from_a_contribution_to_whether_the_response_helped(
    square: StoryTown, channel: str, language: str
) -> None:
    person = square.on(channel)
    await person.joins(NAMES[language])
    await gives(person, "Interpreters.", language)
    [contribution] = await square.received()
    matter = await opens(square, contribution.id)
    await responds(square, matter)
    response = await person.chat.next()
    with speaking(language):
        shown = shown_in(response)
        assert _("It was taken up.") in shown
        assert BECAUSE[language] in shown
        assert _("Does this answer you?").removesuffix("\u202f?") in shown
        if channel == "sms":
            assert flows.to_send("rate") in shown
            assert _("Partly") not in shown
            person.says(flows.to_send("rate"))
            await person.hears(_("Partly"))
            person.says("2")
        else:
            taps_under(person, response, _("Partly"))
        await person.hears(_("Thank you for telling us.")[:8])
        assert await said_of_it(square) == [("partly", False)]
        person.says("And the schools?")
        await person.hears(_("Thank you."))
        assert await said_of_it(square) == [("partly", True)]
        person.says(flows.to_send("status"))
        timeline = await person.hears(CLINICS[language][:11], _("It was taken up."))
        assert "Interpreters." not in timeline


async def test_a_tap_counts_long_afterwards_and_leaves_open_what_is_asked_now(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    await gives(alice, "Interpreters.")
    await responds(square, await opens(square, (await square.received())[0].id))
    response = await alice.chat.next()
    alice.says("/share")
    await alice.hears("What should change?")
    taps_under(alice, response, "Yes, it does")
    heard = await alice.hears("Thank you for telling us.")
    assert "What should change?" in heard
    taps_under(alice, response, "No, it does not")
    await alice.hears("What is missing?")
    assert await said_of_it(square) == [("no", False)]
    alice.says("menu")
    await alice.hears("What would you like to do?")
    assert await said_of_it(square) == [("no", False)]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_another_person_follows_and_supports_what_was_said_and_hears_of_it(
    square: StoryTown, channel: str
) -> None:
    alice, bob = square.on("telegram"), square.on(channel)
    await alice.joins()
    await gives(alice, "My cousin at Hill Street needs an interpreter.")
    await bob.joins("Français")
    matter = await opens(square, (await square.received())[0].id, is_public=True)
    bob.says("autres")
    listed = await bob.hears_choices("Des interprètes")
    assert "Hill Street" not in listed
    bob.says("1")
    await bob.hears_choices(CLINICS["fr"], "pas encore de r", "Le suivre")
    bob.says("1")
    await bob.hears("AUTRES")
    async with square.parts.database.reading() as session:
        [row] = (await session.exec_driver_sql("SELECT supports FROM follow")).all()
        assert bool(row.supports)
    await responds(square, matter)
    await alice.hears("It was taken up.")
    await bob.hears(CLINICS["fr"], "Cela a")
    bob.says("autres")
    await bob.hears_choices("Ce que je suis", "Vie quotidienne, respect")
    for shown in (CLINICS["fr"], "Ne plus le suivre"):
        bob.says("1")
        await bob.hears_choices(shown)
    bob.says("2")
    await bob.hears("Vous ne suivez plus cela.")
    async with square.parts.database.reading() as session:
        assert (await session.exec_driver_sql("SELECT count(*) FROM follow")).scalar_one() == 0


@pytest.mark.parametrize(
    ("channel", "language"), [("sms", "en"), ("sms", "ar"), ("whatsapp", "es"), ("telegram", "fr")]
)
async def test_one_question_is_asked_back_and_answered(square: StoryTown, channel: str, language: str) -> None:
    person, other = square.on(channel), square.on("telegram")
    await other.joins()
    await gives(other, "Interpreters, too.")
    await person.joins(NAMES[language])
    await gives(person, "Interpreters.", language)
    names = {it.words: it.id for it in await square.received()}
    matter = await opens(square, *names.values())
    asks = names["Interpreters."]
    await square.acts(lambda session, process, now: inquiries.ask(session, process, matter, asks, WHICH, STAFF, now))
    with speaking(language):
        word = flows.to_send("reply")
        await person.hears(WHICH[language], word)
        person.says(word)
        await person.hears(WHICH[language])
        person.says("The one at the harbour.")
        await person.hears("Harbour Migration Forum")
    await other.hears_nothing(square)
    async with square.parts.database.reading() as session:
        gathered = "SELECT count(*) FROM gathered WHERE matter_id = (SELECT matter_id FROM inquiry)"
        assert (await session.exec_driver_sql(gathered)).scalar_one() == 3
        answered = "SELECT count(*) FROM inquiry WHERE answer_id IS NOT NULL"
        assert (await session.exec_driver_sql(answered)).scalar_one() == 1
    assert "The one at the harbour." in [it.words for it in await square.received()]


async def test_whoever_just_writes_the_answer_is_asked_if_it_is_one(square: StoryTown) -> None:
    alice = square.on_sms()
    await alice.joins()
    await gives(alice, "Interpreters.")
    alice.says("menu")
    await alice.hears_choices("What would you like to do?")
    [contribution] = await square.received()
    matter = await opens(square, contribution.id)
    await square.acts(
        lambda session, process, now: inquiries.ask(session, process, matter, contribution.id, WHICH, STAFF, now)
    )
    await alice.hears("In which town?", "To answer, send REPLY.")
    alice.says("It is the clinic next to the harbour, where my sister goes.")
    await alice.hears("Is it your answer to our question?")
    alice.says("1")
    await alice.hears("Harbour Migration Forum will read it.")
    async with square.parts.database.reading() as session:
        answered = "SELECT count(*) FROM inquiry WHERE answer_id IS NOT NULL"
        assert (await session.exec_driver_sql(answered)).scalar_one() == 1


@pytest.mark.parametrize("channel", CHANNELS)
async def test_others_may_read_what_somebody_agreed_to_and_no_more_once_they_take_it_back(
    square: StoryTown, channel: str
) -> None:
    alice = square.on(channel)
    await alice.joins()
    await gives(alice, "Interpreters.")
    alice.says("3")
    await alice.hears_choices("May others read your own words, without your name?")
    alice.says("1")
    await alice.hears("To take it back, send STATUS.")
    assert await quotable(square) == [True]
    alice.says("status")
    await alice.hears_choices("There is no response yet.", "You let others read", "Do not quote it")
    alice.says("1")
    await alice.hears("From now on others do not read it.")
    assert await quotable(square) == [False]


async def quotable(square: StoryTown) -> list[bool]:
    async with square.parts.database.reading() as session:
        rows = await session.exec_driver_sql("SELECT quotable FROM contribution")
        return [bool(row[0]) for row in rows]
