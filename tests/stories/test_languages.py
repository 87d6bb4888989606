"""People are spoken to in their language, and can change it at any moment."""

import pytest

from handlers import bulletins, responses
from handlers.writing import contents
from tests.stories.town import StoryTown


async def test_from_first_contact_to_response_in_arabic(square: StoryTown) -> None:
    amal = square.on_sms()
    amal.says("مرحبا")
    terms = await amal.hears("Harbour Migration Forum", "حذف")
    assert "Do you want" not in terms
    amal.says("١")
    await amal.hears("ماذا يجب أن يتغير؟")
    amal.says("نحتاج إلى مترجمين في العيادة")
    await amal.hears()
    amal.says("١")
    await amal.hears()
    amal.says("٢")
    await amal.hears("الشمال")
    amal.says("الجنوب")
    await amal.hears()

    [contribution] = await square.received()
    assert (contribution.words, contribution.language) == ("نحتاج إلى مترجمين في العيادة", "ar")

    reason = {"ar": "هذه هي النقطة 4 من المسودة.", "en": "It is point 4 of the draft."}
    response = contents.Response("taken_up", reason, (contribution.id,))
    await square.acts(lambda session, process, now: responses.respond(session, process, response, now))
    heard = await amal.hears("هذه هي النقطة 4 من المسودة.")
    assert "It is point 4" not in heard
    assert "taken up" not in heard


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_a_change_of_language_in_the_middle_asks_the_same_question_again(square: StoryTown, channel: str) -> None:
    alice = square.on(channel)
    await alice.joins()
    alice.says("share")
    question = await alice.hears()
    alice.says("language")
    await alice.hears_choices("Français")
    alice.says("Français")
    in_french = await alice.hears("doit changer")
    assert question not in in_french
    alice.says("Il nous faut des interprètes.")
    await alice.hears_choices("Merci")

    [contribution] = await square.received()
    assert contribution.words == "Il nous faut des interprètes."
    assert contribution.language == "fr"
    await alice.hears_nothing(square)


async def test_a_bulletin_in_four_languages_of_which_one_is_missing(square: StoryTown) -> None:
    people = {"en": square.on_telegram(), "fr": square.on_whatsapp(), "es": square.on_sms(), "ar": square.on_telegram()}
    for code, name in (("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")):
        await people[code].joins(name)
    text = {"en": "The draft is open for comments.", "fr": "Le projet est ouvert.", "ar": "المسودة مفتوحة للتعليق."}
    await square.acts(lambda session, process, now: bulletins.publish(session, process, contents.Bulletin(text), now))

    for code, sentence in text.items():
        assert sentence in await people[code].hears()
    missing = await people["es"].hears("The draft is open for comments.", "inglés")
    assert "We do not have this in your language" not in missing


async def test_a_bulletin_goes_only_to_its_audience(square: StoryTown) -> None:
    alice, bintou = square.on_telegram(), square.on_sms()
    await alice.joins("English")
    await bintou.joins("Français")
    only = contents.read('[text]\nfr = "Bonjour."\n[audience]\nlanguages = ["fr"]\n', contents.Bulletin)
    await square.acts(lambda session, process, now: bulletins.publish(session, process, only, now))
    await bintou.hears("Bonjour.")
    await alice.hears_nothing(square)


async def test_news_are_what_everybody_may_read(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    text = {"en": "For all of you."}
    await square.acts(lambda session, process, now: bulletins.publish(session, process, contents.Bulletin(text), now))
    await alice.hears("For all of you.")
    only = contents.read('[text]\nen = "For members."\n[audience]\nmembers = true\n', contents.Bulletin)
    await square.acts(lambda session, process, now: bulletins.publish(session, process, only, now))
    alice.says("news")
    assert "For members." not in await alice.hears("For all of you.")
