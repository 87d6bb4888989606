"""A consultation: first what is promised, then what is asked."""

from datetime import timedelta

import flows
from handlers import consultations
from handlers.writing import contents
from locales import in_words
from tests.stories.town import StoryTown, now


def consultation() -> contents.Consultation:
    return contents.Consultation(
        title={"en": "Seeing a doctor", "fr": "Voir un médecin"},
        promise=flows.Promise(
            purpose={"en": "We want to know what keeps people from seeing a doctor."},
            who_decides={"en": "The health ministers."},
            what_can_change={"en": "The plan for next year."},
            level="consultation",
            answer_by=(now() + timedelta(days=20)).date(),
            respond_by=(now() + timedelta(days=50)).date(),
        ),
        questions=(
            flows.Question(
                "been",
                {"en": "Have you seen a doctor this year?"},
                (flows.Option("yes", {"en": "I have"}), flows.Option("no", {"en": "I have not"})),
            ),
            flows.Question("why", {"en": "What would make it easier?"}),
        ),
    )


async def test_the_promise_comes_before_the_questions(square: StoryTown) -> None:
    alice = square.on_whatsapp()
    await alice.joins()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor", "ANSWER")
    alice.says("answer")
    both = ("Please answer by", f"We respond by {in_words(consultation().promise.responds)}.")
    await alice.hears_choices("health ministers", "plan for next year", *both, "Have you seen a doctor this year?")
    alice.says("2")
    await alice.hears("What would make it easier?")
    alice.sends_voice()
    await alice.hears("Thank you")

    answers = {answer.question: answer for answer in await square.received()}
    assert answers["been"].option == "no"
    assert answers["why"].spoken


async def test_an_answer_given_again_takes_the_place_of_the_first(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    for text in ("answer", "1", "Longer hours."):
        alice.says(text)
        await alice.hears()
    for text in ("answer", "2", "Longer hours still."):
        alice.says(text)
        await alice.hears()
    answers = {answer.question: answer for answer in await square.received()}
    assert len(answers) == 2
    assert answers["been"].option == "no"
    assert answers["why"].words == "Longer hours still."


async def test_going_back_asks_the_question_before(square: StoryTown) -> None:
    alice = square.on_sms()
    await alice.joins()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    alice.says("answer")
    first = await alice.hears("Have you seen a doctor this year?")
    alice.says("1")
    await alice.hears("What would make it easier?")
    alice.says("0")
    again = await alice.hears("Have you seen a doctor this year?")
    assert len(again) < len(first)


async def test_a_menu_shown_again_knows_what_has_opened_since(square: StoryTown) -> None:
    alice = square.on_sms()
    await alice.joins()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    alice.says("hm")
    await alice.hears("We did not understand", "Answer our questions")


async def test_an_answer_that_comes_too_late_is_said_not_to_count(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    name, _ = await square.acts(
        lambda session, process, moment: consultations.open_(session, process, consultation(), moment)
    )
    await alice.hears("Seeing a doctor")
    for text in ("answer", "1"):
        alice.says(text)
        await alice.hears()
    await square.acts(lambda session, process, moment: consultations.close(session, process, name, moment))
    alice.says("Longer hours.")
    heard = await alice.hears("These questions have closed", "What would you like to do?")
    assert "Thank you" not in heard
    [answer] = await square.received()
    assert answer.option == "yes"


async def test_an_older_consultation_that_is_still_open_is_answered(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    for text in ("answer", "1"):
        alice.says(text)
        await alice.hears()
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    alice.says("Longer hours.")
    await alice.hears("Thank you")


async def test_an_invitation_in_another_language_says_so(square: StoryTown) -> None:
    rosa = square.on_sms()
    await rosa.joins("Español")
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await rosa.hears("inglés", "Seeing a doctor", "RESPONDER")
