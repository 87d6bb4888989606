"""What the single talks say and leave unsaid."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from msgspec import structs

from channels._text.numbered import numbered
from channels._text.segments import is_gsm, segments
from channels.carriers import ANY_CARRIER
from flows import (
    Answer,
    Answered,
    Consented,
    Forgotten,
    Moved,
    OwnContribution,
    PublicMatter,
    Safety,
    Shared,
    Sorted,
    Spoke,
    Switched,
    TakenBack,
    Turn,
    Voted,
    Words,
    advance,
    flows,
)
from flows.status import AT_ONCE, LookedBack
from flows.welcome import WORDING, _terms
from locales import languages, speaking
from storage.states import ResponseState
from tests.flows.example import CONSULTATION, PROCESS, ROUND, bare, facts, paths


def turn(flow: str, *answers: Answer, channel: str = "telegram", **changes: object) -> Turn:
    return advance(flows()[flow].talk, structs.replace(facts(channel=channel), **changes), answers)


def text(of: Turn) -> str:
    return "\n".join((*of.texts, of.question.text if of.question else ""))


@pytest.mark.parametrize(
    ("channel", "truth"),
    [
        ("sms", "The phone company and the authorities can read them."),
        ("telegram", "Telegram can read it."),
        ("whatsapp", "Meta can keep them for up to 30 days"),
    ],
)
def test_who_can_read_along_is_said_before_consent(channel: str, truth: str) -> None:
    consent = turn("welcome", channel=channel)
    assert truth in text(consent)
    assert "STOP" in text(consent)
    assert "FORGET" in text(consent)
    assert consent.question
    assert [choice.value for choice in consent.question.choices][:2] == ["yes", "no"]


def test_what_is_true_of_every_carrier_is_said_of_one_that_says_nothing_of_its_own() -> None:
    assert "The company that carries these messages can read them." in text(turn("welcome", carrier=ANY_CARRIER))
    assert "The company that carries these messages can see your vote." in text(turn("vote", carrier=ANY_CARRIER))
    assert "or with the company that carries it." in text(turn("forget", carrier=ANY_CARRIER))


def labels(of: Turn) -> list[str]:
    return [choice.label for choice in of.question.choices] if of.question else []


def test_each_language_is_offered_by_its_own_name() -> None:
    assert labels(turn("language")) == ["English", "Français", "Español", "العربية"]


def test_the_other_languages_are_one_tap_away_beside_consent() -> None:
    assert labels(turn("welcome"))[2:] == ["Français", "Español", "العربية"]
    assert labels(turn("welcome", language="ar"))[2:] == ["English", "Français", "Español"]


def test_where_buttons_are_few_one_of_them_leads_to_the_other_languages() -> None:
    assert labels(turn("welcome", channel="whatsapp"))[2:] == ["langue/idioma/لغة"]
    assert turn("welcome", "language", channel="whatsapp").effects == (Switched("language"),)
    in_two = replace(PROCESS, languages=("en", "ar"))
    assert labels(turn("welcome", channel="whatsapp", place=in_two))[2:] == ["العربية"]


def test_no_name_of_a_language_makes_a_text_message_dear() -> None:
    assert labels(turn("welcome", channel="sms"))[2:] == ["Francais", "Español", "Arabi"]


def test_in_another_language_all_is_said_again_before_consent() -> None:
    assert turn("welcome", "fr").effects == (Spoke("fr"), Switched("welcome"))
    assert turn("language", "fr", consented=False).effects == (Spoke("fr"), Switched("welcome"))
    assert turn("language", "fr").effects == (Spoke("fr"),)


def test_a_language_that_we_cannot_speak_is_not_offered() -> None:
    spoken = replace(PROCESS, languages=("so", "en", "fr"))
    assert labels(turn("language", place=spoken)) == ["English", "Français"]
    assert labels(turn("welcome", place=spoken))[2:] == ["Français"]
    assert labels(turn("welcome", place=replace(PROCESS, languages=("so", "en"))))[2:] == []


def test_whoever_agrees_is_asked_at_once_what_should_change() -> None:
    assert turn("welcome", "yes").effects == (Consented(WORDING), Switched("share"))


def test_the_wording_of_consent_has_the_version_that_is_recorded() -> None:
    """Whoever changes what people agree to raises WORDING, and then this fingerprint."""
    with speaking("en"):
        terms = "\n".join(_terms(facts(channel=channel)) for channel in ("sms", "telegram", "whatsapp"))
    assert (WORDING, sha256(terms.encode()).hexdigest()[:12]) == ("1", "d8927aae4cbe")


def test_who_would_rather_not_say_lives_nowhere() -> None:
    assert Moved("") in turn("region", "rather_not_say").effects


def test_where_no_region_is_asked_for_nobody_is_asked() -> None:
    nowhere = turn("region", place=replace(PROCESS, regions=()))
    assert (nowhere.effects, nowhere.question) == ((), None)


def test_the_promise_stands_before_the_first_question() -> None:
    promise = text(turn("answer"))
    for part in ("The ministers of the region.", "The list of priorities.", "April 30, 2026", "There are 4 questions."):
        assert part in promise
    assert promise.index("There are 4 questions.") < promise.index("What stops people from finding work?")
    assert "There is 1 question." in text(
        turn("answer", consultation=replace(CONSULTATION, questions=CONSULTATION.questions[:1]))
    )


def test_several_choices_and_a_step_of_a_scale_are_read_back() -> None:
    several = turn("answer", Words("Papers."), "a")
    assert "You can choose several. Send their numbers" in text(several)
    assert turn("answer", Words("Papers."), "a", ("c", "d")).texts == (
        "You chose: An office; Friends. Send 0 to change it.",
    )
    scale = turn("answer", Words("Papers."), "a", ("c", "d"))
    assert labels(scale) == ["Easy", "2 of 3", "Very hard"]
    (answered,) = turn("answer", Words("Papers."), "a", ("c", "d"), "2").effects
    assert answered == Answered("c1", "q4", "2")


def test_a_scale_in_another_language_says_so() -> None:
    known = structs.replace(facts("fr"), answered=("q1", "q2", "q3"))
    question = advance(flows()["answer"].talk, known, ()).question
    assert question
    assert "anglais" in question.text
    assert [choice.label for choice in question.choices] == ["Facile", "2 sur 3", "Very hard"]


def test_who_stopped_goes_on_after_the_promise_with_what_is_left() -> None:
    begun = turn("answer", answered=("q1", "q2"))
    assert "The ministers of the region." in text(begun)
    assert "We go on where you stopped: 2 questions are left." in text(begun)
    assert "Whom have you asked?" in text(begun)
    assert "We go on where you stopped: 1 question is left." in text(turn("answer", answered=("q1", "q2", "q3")))


def test_a_voice_note_is_asked_for_only_where_it_can_be_sent() -> None:
    assert "voice note" in text(turn("share"))
    assert "voice note" not in text(turn("share", channel="sms"))


def test_a_vote_is_read_back_and_counted_once_it_is_right() -> None:
    read_back = turn("vote", ("m1", "m3"))
    assert read_back.effects == ()
    assert text(read_back).startswith("You approve 2 of them:\nClasses\nVisas\n")
    assert turn("vote", ("m1", "m3"), "yes").effects == (Voted("r1", '["m1","m3"]'),)


def test_none_of_these_approves_nothing() -> None:
    assert text(turn("vote", ("none_of_these",))).startswith("You approve none of them.\n")
    assert turn("vote", ("none_of_these",), "yes").effects == (Voted("r1", "[]"),)


def test_a_ballot_that_is_read_back_wrong_is_filled_in_again() -> None:
    assert turn("vote", ("m1",), "no").question
    assert turn("vote", ("m1",), "no", ("m2",), "yes").effects == (Voted("r1", '["m2"]'),)


def test_who_has_voted_is_told_that_it_can_be_changed_and_not_what_it_was() -> None:
    voted = turn("vote", round=replace(ROUND, voted=True))
    assert "You have voted. You can still change it until May 10, 2026." in text(voted)
    assert "Cheaper transfers" not in text(voted)


def test_what_was_given_last_is_told_first_a_few_at_a_time() -> None:
    first = turn("status").question
    assert first
    assert first.text.splitlines()[0] == "March 4, 2026, Clinics: It was taken up."
    assert first.text.count("March") == AT_ONCE
    assert [choice.label for choice in first.choices] == ["Clinics", "Finding work", "Honest numbers", "Show more"]
    rest = turn("status", "more").question
    assert rest
    assert rest.text.count("March") == 2


def test_by_sms_each_line_of_a_list_is_said_once() -> None:
    question = turn("status", channel="sms").question
    assert question
    assert question.text == "About which one do you want to know more?"
    assert question.choices[0].label == "March 4, 2026, Clinics: It was taken up."


def test_who_gave_one_thing_reads_at_once_what_became_of_it() -> None:
    alone = facts().own_contributions[:1]
    assert turn("status", own_contributions=alone).effects == (LookedBack("o1"),)


def test_two_of_one_name_can_be_told_apart() -> None:
    contributions = tuple(OwnContribution(date(2026, 3, 4), "data", None, ResponseState.READ, n) for n in ("a", "b"))
    question = turn("status", own_contributions=contributions).question
    assert question
    assert [choice.label for choice in question.choices] == ["Honest numbers", "Honest numbers 2"]


MATTERS = tuple(PublicMatter(f"m{number}", {"en": f"Buses {number}"}) for number in range(8))


def test_what_others_said_is_shown_a_few_at_a_time() -> None:
    first = turn("others", topic="life", matters=MATTERS).question
    assert first
    assert first.text.splitlines()[0] == "Buses 0: There is no response yet."
    assert [choice.value for choice in first.choices] == ["m0", "m1", "m2", "m3", "m4", "more"]
    rest = turn("others", "more", topic="life", matters=MATTERS).question
    assert rest
    assert [choice.value for choice in rest.choices] == ["m5", "m6", "m7"]


def test_in_a_process_that_is_over_nothing_can_be_followed_any_more() -> None:
    question = turn("others", "m1", topic="life", matters=MATTERS, over=True).question
    assert question
    assert [choice.value for choice in question.choices] == ["menu", "back"]


def test_who_gave_nothing_is_told_how_to() -> None:
    assert "SHARE" in text(turn("status", own_contributions=()))


def test_forget_asks_first_and_says_what_it_cannot_reach() -> None:
    question = turn("forget", channel="sms")
    assert question.effects == ()
    assert "stays on your phone or with the phone company" in text(question)
    assert turn("forget", "no").effects == ()
    assert turn("forget", "yes").effects == (Forgotten(),)


def test_forget_after_stop_asks_nothing_because_nothing_could_be_sent() -> None:
    assert turn("forget", stopped=True).effects == (Forgotten(),)


PROVEN = replace(PROCESS, safety=Safety(second_step=("sms",)))


@pytest.mark.parametrize("sent", ["482913", "482 913.", "٤٨٢٩١٣"])
def test_a_vote_counts_once_the_number_has_come_back(sent: str) -> None:
    question = turn("vote", ("m1",), "yes", code="482913")
    assert (question.effects, "482913" in text(question)) == ((), True)
    assert turn("vote", ("m1",), "yes", Words(sent), code="482913").effects == (Voted("r1", '["m1"]'),)


def test_a_number_may_come_back_wrong_twice() -> None:
    wrong, right = Words("482914"), Words("482913")
    again = turn("vote", ("m1",), "yes", wrong, code="482913")
    assert "This was not the number." in text(again)
    assert turn("vote", ("m1",), "yes", wrong, wrong, right, code="482913").effects == (Voted("r1", '["m1"]'),)
    given_up = turn("vote", ("m1",), "yes", wrong, wrong, wrong, code="482913")
    assert (given_up.effects, given_up.texts, given_up.question) == ((), ("Nothing was changed.",), None)


def test_a_voice_note_is_no_number() -> None:
    assert turn("vote", ("m1",), "yes", Words(voice="file-1"), code="482913").effects == ()


def test_forget_erases_once_the_number_has_come_back() -> None:
    assert turn("forget", "yes", code="482913").effects == ()
    assert turn("forget", "yes", Words("482913"), code="482913").effects == (Forgotten(),)
    wrong = [Words("1")] * 3
    assert turn("forget", "yes", *wrong, code="482913").texts == ("Nothing was erased.",)


def test_where_a_number_has_to_come_back_forget_after_stop_leads_through_start() -> None:
    stopped = turn("forget", channel="sms", stopped=True, place=PROVEN)
    assert (stopped.effects, "Send START first, then FORGET" in text(stopped)) == ((), True)
    assert turn("forget", stopped=True, place=PROVEN).effects == (Forgotten(),)


def test_stop_says_how_to_be_erased_afterwards() -> None:
    assert "or FORGET and we erase" in text(turn("stop", channel="sms"))
    assert "send START and then FORGET" in text(turn("stop", channel="sms", place=PROVEN))


def test_stop_names_the_word_that_the_carrier_knows() -> None:
    assert "START" in text(turn("stop", channel="sms"))


def test_help_says_where_a_human_is() -> None:
    assert "help@forum.example" in text(turn("help"))


def test_the_menu_offers_only_what_there_is() -> None:
    question = advance(flows()["menu"].talk, structs.replace(bare(), consented=True), ()).question
    assert question
    assert [choice.value for choice in question.choices] == ["share", "language", "help", "stop"]


def test_nothing_that_a_person_said_is_repeated_to_them() -> None:
    for name, flow in flows().items():
        for path in paths(flow, facts()):
            assert not any("Visas for my family" in sentence for sentence in path.texts), name


BUDGET = {"welcome": 4, "answer": 3, "opine": 4, "status": 3, "help": 4}
"""HELP says of each word what it does, here of all that there are; a promise stands before what is agreed on, too."""


@pytest.mark.parametrize("name", flows())
def test_english_fits_a_few_segments_of_a_text_message(name: str) -> None:
    for path in paths(
        flows()[name],
        structs.replace(facts(channel="sms"), own_contributions=facts().own_contributions[:3], language="en"),
    ):
        for number, reply in enumerate(path.turns):
            if any(code in path.answers[:number] for code in ("fr", "es", "ar")):
                break  # from here on it is not English
            body = numbered(text(reply), reply.question.choices if reply.question else (), " ")
            assert is_gsm(body) or name == "language", body
            assert segments(body) <= BUDGET.get(name, 2), body


WORDS = Words("Visas for my family")


def test_a_recommendation_is_given_in_one_message() -> None:
    thanks = turn("share", WORDS, contribution="c7")
    assert thanks.effects == (Shared("c7", WORDS),)
    assert thanks.texts[0].startswith("Thank you. Harbour Migration Forum will read it.")


def test_it_can_be_taken_back() -> None:
    taken_back = turn("share", WORDS, "take_back", contribution="c7")
    assert taken_back.effects == (TakenBack("c7"),)
    assert "did not keep it" in text(taken_back)


def test_its_topic_and_then_the_region_are_asked_for_who_wants_to_say_them() -> None:
    sorted_ = turn("share", WORDS, "topic", "working", contribution="c7")
    assert sorted_.effects == (Sorted("c7", "working"), Switched("region"))
    known = turn("share", WORDS, "topic", "else", contribution="c7", region_known=True)
    assert known.effects == (Sorted("c7", "else"),)


def test_what_names_no_topic_is_what_they_told_us() -> None:
    contributions = (OwnContribution(date(2026, 3, 4), "", None, ResponseState.RECEIVED),) * 2
    assert text(turn("status", own_contributions=contributions)).startswith(
        "March 4, 2026, what you told us: It has arrived."
    )


@pytest.mark.parametrize("language", languages())
def test_who_it_is_is_asked_in_the_language_known_here_and_once_in_english(language: str) -> None:
    question = turn("recognise", channel="sms", language=language).question
    assert question
    english = "This number last wrote to us more than a year ago. Was that you?"
    assert question.text.split("\n")[-1] == english
    assert len(question.text.split("\n")) == (1 if language == "en" else 2)
    assert [choice.label.split(" / ")[-1] for choice in question.choices] == ["Yes, that was me", "No, I am new"]
    assert segments(numbered(question.text, question.choices, after_number=" ")) <= 4
