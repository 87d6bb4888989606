"""Three messages from hello to a recommendation, in every language on every channel, and what they cost.

Until November 2026 nine messages went each way: the language, consent, the region, the menu, a group of topics, the
topic, the words, whether to pass them on. Seven of those were choices. By SMS the answers took 14 segments in English,
15 in French, 14 in Spanish and 23 in Arabic; before accents were left out and texts shortened, 15, 17, 24 and 24.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

import flows
from demo.platforms.chats import Bubble, Side
from locales import _, languages, speaking
from tests.stories.town import Person, StoryTown, shown_in

WORDS = {
    "en": "Interpreters at the clinic would help.",
    "fr": "Des interprètes au dispensaire nous aideraient.",
    "es": "Ayudaría tener intérpretes en la clínica.",
    "ar": "نحتاج إلى مترجمين في العيادة",
}
CHANNELS = ("telegram", "whatsapp", "sms")
MOST_IN = 4
MOST_SEGMENTS = {"en": 6, "fr": 7, "es": 7, "ar": 10}
MOST_OUT = {"telegram": 4, "whatsapp": 5, "sms": 4}
"""On WhatsApp the text before consent is too long for a message that has buttons: the question leaves after it."""


@dataclass(frozen=True)
class Cost:
    """What one talk took."""

    messages_in: int
    taps: int
    messages_out: int
    segments: int


def cost(bubbles: Sequence[Bubble]) -> Cost:
    ours = [bubble for bubble in bubbles if bubble.side is Side.US]
    taps = sum(bubble.chosen is not None for bubble in ours)
    typed = sum(bubble.side is Side.THEM for bubble in bubbles)
    return Cost(typed, taps, len(ours), sum(bubble.segments for bubble in ours))


async def recommends(person: Person, language: str, channel: str) -> None:
    """By the buttons where there are any."""
    with speaking(language):
        hello, agree, thanks = flows.greeting(), _("Yes, I agree"), _("Thank you.")
    person.says(hello)
    await person.hears_choices()
    if channel == "sms":
        person.says("1")
    else:
        person.taps(agree)
    await person.hears(thanks)
    person.says(WORDS[language])
    await person.hears_choices(thanks.rstrip("."))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("channel", CHANNELS)
async def test_it_takes_three_messages_in_the_language_of_the_first(
    square: StoryTown, channel: str, language: str
) -> None:
    person = square.on(channel)
    await recommends(person, language, channel)
    await person.hears_nothing(square)
    [contribution] = await square.received()
    assert (contribution.words, contribution.language, contribution.topic) == (WORDS[language], language, "")

    took = cost(person.chat.bubbles)
    assert took.messages_in + took.taps <= MOST_IN
    assert took.messages_out <= MOST_OUT[channel]
    assert channel != "sms" or took.segments <= MOST_SEGMENTS[language]
    print(f"\n{channel} {language}: {took}")


async def test_the_chat_reads_like_this(square: StoryTown) -> None:
    alice = square.on_sms()
    alice.says("hello")
    terms = await alice.hears()
    assert terms.splitlines() == [
        "This is Harbour Migration Forum. We ask migrants what should change. It is for: Regional review.",
        (
            "Text messages are not private. The phone company and the authorities can read them. "
            "Do not send names, places or papers."
        ),
        "Whoever holds your phone can read this chat too.",
        "The people who read your words do not see your number.",
        (
            "You choose if you take part. Send STOP at any time and we stop writing. "
            "Send FORGET and we erase what we hold about you."
        ),
        "",
        "Do you want to take part?",
        "1 Yes, I agree",
        "2 No, thank you",
        "3 Francais",
        "4 Español",
        "5 Arabi",
    ]
    alice.says("1")
    await alice.hears("Thank you.", "What should change? Please leave out names and addresses.", "MENU")
    alice.says("Interpreters at the clinic would help.")
    await alice.hears("Harbour Migration Forum will read it.", "1 Add the topic", "2 Take it back", "3 Quote it")
    alice.says("1")
    await alice.hears("What is it about?", "5 Daily life and respect")
    alice.says("5")
    await alice.hears("Where do you live?", "1 The north")
    alice.says("1")
    done = await alice.hears("Thank you.", "Send MENU to see what you can do.")
    assert "Read the news" not in done
    alice.says("menu")
    await alice.hears("What would you like to do?")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_was_given_can_be_taken_back(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    await recommends(alice, "en", channel)
    alice.says("2")
    await alice.hears("did not keep it", "SHARE")
    assert await _recommendations(square) == []


async def test_what_was_given_can_be_said_better(square: StoryTown) -> None:
    alice = square.on_sms()
    await recommends(alice, "en", "sms")
    alice.says("0")
    await alice.hears("What should change?")
    alice.says("Interpreters at the clinic and the school.")
    await alice.hears("Thank you.")
    assert await _recommendations(square) == ["Interpreters at the clinic and the school."]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_another_language_is_one_message_away_and_all_is_said_in_it(square: StoryTown, channel: str) -> None:
    amal = square.on(channel)
    amal.says("hello")
    await amal.hears_choices("Do you want to take part?")
    amal.says("العربية")
    terms = await amal.hears_choices("هل تشاركون؟", "Harbour Migration Forum")
    assert "Do you want" not in terms
    async with square.parts.database.reading() as session:
        undecided = "SELECT language FROM person JOIN participation ON person_id = id WHERE NOT consented"
        assert (await session.exec_driver_sql(undecided)).scalar_one() == "ar"


async def test_on_whatsapp_consent_has_buttons_after_the_text(square: StoryTown) -> None:
    alice = square.on_whatsapp()
    alice.says("hello")
    terms, question = await alice.chat.next(), await alice.chat.next()
    assert terms.buttons == ()
    assert "Meta can keep them" in terms.text
    assert shown_in(question).splitlines() == [
        "Do you want to take part?",
        "Yes, I agree",
        "No, thank you",
        "langue/idioma/لغة",
    ]
    alice.taps("langue")
    await alice.hears_choices("Français", "العربية")
    alice.taps("Français")
    await alice.hears_choices("Voulez-vous participer")


async def test_whoever_says_nothing_that_tells_a_language_is_met_in_that_of_the_app(square: StoryTown) -> None:
    rosa = square.on_telegram()
    square.telegram.languages[rosa.address] = "es"
    rosa.says("/start")
    await rosa.hears("¿Quiere participar?")


async def _recommendations(square: StoryTown) -> list[str]:
    return [contribution.words for contribution in await square.received()]
