"""What the single talks say and leave unsaid."""

from dataclasses import replace
from hashlib import sha256

import pytest
from msgspec import structs

from channels._text.numbered import numbered
from channels._text.segments import is_gsm, segments
from channels.carriers import ANY_CARRIER
from flows import Answer, Forgotten, Moved, Safety, Turn, Voted, Words, advance, flows
from flows.status import AT_ONCE
from flows.welcome import WORDING, _terms
from locales import languages, speaking
from tests.flows.example import CONSULTATION, PROCESS, ROUND, bare, facts, paths


def turn(flow: str, *answers: Answer, channel: str = "telegram", **changes: object) -> Turn:
    return advance(flows()[flow].talk, structs.replace(facts(channel=channel), **changes), answers)


def text(of: Turn) -> str:
    return "\n".join((*of.said, of.question.text if of.question else ""))


@pytest.mark.parametrize(
    ("channel", "truth"),
    [
        ("sms", "The phone company and the authorities can read them."),
        ("telegram", "Telegram can read it."),
        ("whatsapp", "Meta can keep them for up to 30 days"),
    ],
)
def test_who_can_read_along_is_said_before_consent(channel: str, truth: str) -> None:
    consent = turn("welcome", "en", channel=channel)
    assert truth in text(consent)
    assert "STOP" in text(consent)
    assert "FORGET" in text(consent)
    assert consent.question
    assert [choice.value for choice in consent.question.choices] == ["yes", "no"]


def test_what_is_true_of_every_carrier_is_said_of_one_that_says_nothing_of_its_own() -> None:
    assert "The company that carries these messages can read them." in text(turn("welcome", "en", carrier=ANY_CARRIER))
    assert "The company that carries these messages can see your vote." in text(turn("vote", carrier=ANY_CARRIER))
    assert "or with the company that carries it." in text(turn("forget", carrier=ANY_CARRIER))


def test_each_language_is_offered_by_its_own_name() -> None:
    question = turn("welcome").question
    assert question
    assert [choice.label for choice in question.choices] == ["English", "Français", "Español", "العربية"]


def test_a_language_that_we_cannot_speak_is_not_offered() -> None:
    question = turn("welcome", process=replace(PROCESS, languages=("so", "en", "fr"))).question
    assert question
    assert [choice.value for choice in question.choices] == ["en", "fr"]


def test_the_wording_of_consent_has_the_version_that_is_recorded() -> None:
    """Whoever changes what people agree to raises WORDING, and then this fingerprint."""
    with speaking("en"):
        terms = "\n".join(_terms(facts(channel=channel)) for channel in ("sms", "telegram", "whatsapp"))
    assert (WORDING, sha256(terms.encode()).hexdigest()[:12]) == ("1", "d8927aae4cbe")


def test_who_would_rather_not_say_lives_nowhere() -> None:
    assert Moved("") in turn("welcome", "en", "yes", "rather_not_say").effects


def test_the_promise_stands_before_the_first_question() -> None:
    said = text(turn("answer"))
    for part in ("The ministers of the region.", "The list of priorities.", "April 30, 2026", "There are 2 questions."):
        assert part in said
    assert said.index("There are 2 questions.") < said.index("What stops people from finding work?")
    assert "There is 1 question." in text(
        turn("answer", consultation=replace(CONSULTATION, questions=CONSULTATION.questions[:1]))
    )


def test_a_voice_note_is_asked_for_only_where_it_can_be_sent() -> None:
    assert "voice note" in text(turn("share", "else"))
    assert "voice note" not in text(turn("share", "else", channel="sms"))


def test_a_vote_is_counted_and_named_once() -> None:
    voted = turn("vote", ("m1", "m3"))
    assert voted.effects == (Voted("r1", '["m1","m3"]'),)
    assert voted.said[0] == "You approve 2 of them:\nClasses\nVisas"


def test_none_of_these_approves_nothing() -> None:
    voted = turn("vote", ("none_of_these",))
    assert voted.effects == (Voted("r1", "[]"),)
    assert voted.said[0] == "You approve none of them."


def test_some_and_none_at_once_is_asked_again() -> None:
    assert turn("vote", ("m1", "none_of_these")).question
    assert turn("vote", ("m1", "none_of_these"), ("m2",)).effects == (Voted("r1", '["m2"]'),)


def test_who_has_voted_is_told_that_it_can_be_changed_and_not_what_it_was() -> None:
    voted = turn("vote", round=replace(ROUND, voted=True))
    assert "You have voted. You can still change it until May 10, 2026." in text(voted)
    assert "Cheaper transfers" not in text(voted)


def test_what_was_given_last_is_told_first_a_few_at_a_time() -> None:
    first = turn("status")
    assert first.said[0].splitlines()[0] == "March 4, 2026, Something else: It was taken up."
    assert first.said[0].splitlines()[1] == "It is point 4 of the draft."
    assert first.said[0].count("March") == AT_ONCE
    assert turn("status", "yes").said[0].count("March") == 1


def test_who_gave_nothing_is_told_how_to() -> None:
    assert "SHARE" in text(turn("status", given=()))


def test_forget_asks_first_and_says_what_it_cannot_reach() -> None:
    asked = turn("forget", channel="sms")
    assert asked.effects == ()
    assert "stays on your phone or with the phone company" in text(asked)
    assert turn("forget", "no").effects == ()
    assert turn("forget", "yes").effects == (Forgotten(),)


def test_forget_after_stop_asks_nothing_because_nothing_could_be_sent() -> None:
    assert turn("forget", stopped=True).effects == (Forgotten(),)


PROVEN = replace(PROCESS, safety=Safety(second_step=("sms",)))


@pytest.mark.parametrize("sent", ["482913", "482 913.", "٤٨٢٩١٣"])
def test_a_vote_counts_once_the_number_has_come_back(sent: str) -> None:
    asked = turn("vote", ("m1",), code="482913")
    assert (asked.effects, "482913" in text(asked)) == ((), True)
    assert turn("vote", ("m1",), Words(sent), code="482913").effects == (Voted("r1", '["m1"]'),)


def test_a_number_may_come_back_wrong_twice() -> None:
    wrong, right = Words("482914"), Words("482913")
    again = turn("vote", ("m1",), wrong, code="482913")
    assert "This was not the number." in text(again)
    assert turn("vote", ("m1",), wrong, wrong, right, code="482913").effects == (Voted("r1", '["m1"]'),)
    given_up = turn("vote", ("m1",), wrong, wrong, wrong, code="482913")
    assert (given_up.effects, given_up.said, given_up.question) == ((), ("Nothing was changed.",), None)


def test_a_voice_note_is_no_number() -> None:
    assert turn("vote", ("m1",), Words(voice="file-1"), code="482913").effects == ()


def test_forget_erases_once_the_number_has_come_back() -> None:
    assert turn("forget", "yes", code="482913").effects == ()
    assert turn("forget", "yes", Words("482913"), code="482913").effects == (Forgotten(),)
    wrong = [Words("1")] * 3
    assert turn("forget", "yes", *wrong, code="482913").said == ("Nothing was erased.",)


def test_where_a_number_has_to_come_back_forget_after_stop_leads_through_start() -> None:
    stopped = turn("forget", channel="sms", stopped=True, process=PROVEN)
    assert (stopped.effects, "Send START first, then FORGET" in text(stopped)) == ((), True)
    assert turn("forget", stopped=True, process=PROVEN).effects == (Forgotten(),)


def test_stop_says_how_to_be_erased_afterwards() -> None:
    assert "or FORGET and we erase" in text(turn("stop", channel="sms"))
    assert "send START and then FORGET" in text(turn("stop", channel="sms", process=PROVEN))


def test_stop_names_the_word_that_the_carrier_knows() -> None:
    assert "START" in text(turn("stop", channel="sms"))


def test_help_says_where_a_human_is() -> None:
    assert "help@forum.example" in text(turn("help"))


def test_the_menu_offers_only_what_there_is() -> None:
    question = advance(flows()["menu"].talk, bare(), ()).question
    assert question
    assert [choice.value for choice in question.choices] == ["share", "language", "help", "stop"]


def test_nothing_that_a_person_said_is_repeated_to_them() -> None:
    for name, flow in flows().items():
        for path in paths(flow, facts()):
            assert not any("Visas for my family" in said for said in path.texts), name


BUDGET = {"welcome": 4, "answer": 3, "status": 3}


@pytest.mark.parametrize("name", flows())
def test_english_fits_a_few_segments_of_a_text_message(name: str) -> None:
    for path in paths(flows()[name], structs.replace(facts(channel="sms"), given=facts().given[:3], language="en")):
        for number, one in enumerate(path.turns):
            if any(code in path.answers[:number] for code in ("fr", "es", "ar")):
                break  # from here on it is not English
            body = numbered(text(one), one.question.choices if one.question else (), " ")
            if not (name in ("welcome", "language") and number == 0):
                assert is_gsm(body), body
            assert segments(body) <= BUDGET.get(name, 2), body


def test_a_recommendation_is_passed_on_only_after_yes() -> None:
    words = Words("Visas for my family")
    assert turn("share", "leaving", "pathways", words).effects == ()
    assert turn("share", "leaving", "pathways", words, "no").effects == ()
    assert len(turn("share", "leaving", "pathways", words, "yes").effects) == 1


@pytest.mark.parametrize("language", languages())
def test_who_it_is_is_asked_in_the_language_known_here_and_once_in_english(language: str) -> None:
    question = turn("recognise", channel="sms", language=language).question
    assert question
    english = "This number last wrote to us more than a year ago. Was that you?"
    assert question.text.split("\n")[-1] == english
    assert len(question.text.split("\n")) == (1 if language == "en" else 2)
    labels = [choice.label for choice in question.choices]
    assert [label.split(" / ")[-1] for label in labels] == ["Yes, that was me", "No, I am new"]
    assert segments(numbered(question.text, question.choices, after_number=" ")) <= 4
