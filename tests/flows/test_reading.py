"""What a message means as the answer to the open question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.messages import Choice, Kind, Message
from flows import Answer, Ask, Unread, Wants, Words, fits, read, sorry
from locales import languages, speaking

TOKEN = "t1"
CHOICES = tuple(
    Choice(value, label)
    for value, label in [
        ("papers", "Identity papers"),
        ("borders", "Borders"),
        ("boats", "Boats and rescue"),
        ("health", "الصحة والمدرسة"),
        ("work", "Éducation"),
    ]
)
ONE = Ask("What is it about?", CHOICES)
SEVERAL = Ask("Which of these?", CHOICES, Wants.SEVERAL)
WORDS = Ask("What should change?", wants=Wants.WORDS)
CONSENT = Ask("Do you agree?", (Choice("yes", "Yes, I agree"), Choice("no", "No, thank you")))


def typed(text: str, question: Ask = ONE) -> Answer | Unread:
    return read(question, Message("sms", "event", "sender", Kind.TEXT, text), TOKEN)


def tapped(value: str, token: str = TOKEN, question: Ask = ONE) -> Answer | Unread:
    return read(question, Message("telegram", "event", "sender", Kind.CHOICE, choice=value, token=token), TOKEN)


@pytest.mark.parametrize(
    "text", ["3", " 3 ", "3.", "(3)", "#3", "03", "٣", "۳", "३", "৩", "੩", "௩", "၃", "៣", "๓", "３", "③", "³", "3️⃣", "፫"]
)
def test_a_number_of_any_script_chooses(text: str) -> None:
    assert typed(text) == "boats"
    assert typed(f"\u200f{text}\u200f") == "boats"


@pytest.mark.parametrize("text", ["I have 3 children", "3 boats", "3 4", "1/2", "3a"])
def test_a_number_inside_a_sentence_does_not(text: str) -> None:
    assert typed(text) is Unread.NOT_UNDERSTOOD


@pytest.mark.parametrize("text", ["6", "99", "0", "1234"])
def test_a_number_that_was_not_offered_is_said_so(text: str) -> None:
    assert typed(text) is Unread.NOT_OFFERED


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("identity PAPERS.", "papers"),
        ("الصحه والمدرسه", "health"),
        ("education", "work"),
        ("Boats  and rescue", "boats"),
    ],
)
def test_a_label_chooses_however_it_is_spelled(text: str, value: str) -> None:
    assert typed(text) == value


def test_three_letters_are_enough_when_no_other_label_begins_with_them() -> None:
    assert typed("bor") == "borders"
    assert typed("bo") is Unread.NOT_UNDERSTOOD
    assert typed("broders") is Unread.NOT_UNDERSTOOD


def test_a_beginning_of_two_labels_chooses_neither() -> None:
    two = Ask("Which?", (Choice("a", "Borders at sea"), Choice("b", "Borders on land")))
    assert typed("borders", two) is Unread.NOT_UNDERSTOOD


def test_labels_that_read_alike_choose_neither() -> None:
    assert typed("ete", Ask("Which?", (Choice("a", "Été"), Choice("b", "ETE")))) is Unread.NOT_UNDERSTOOD


@pytest.mark.parametrize("text", ["yes", "YES!", "Yes, I agree", "1"])
def test_yes_is_yes_whatever_its_label(text: str) -> None:
    assert typed(text, CONSENT) == "yes"


@pytest.mark.parametrize("text", ["no", "NO.", "No, thank you", "٢"])
def test_no_is_no_whatever_its_label(text: str) -> None:
    assert typed(text, CONSENT) == "no"


@pytest.mark.parametrize(
    "text", ["1 3 4", "1,3,4", "4 3 1", "1، 3، 4", "1 and 3 and 4", "١ ٣ ٤", "1;3;4.", "1+3+4", "1 1 3 4", "1\n3\n4"]
)
def test_several_numbers_choose_several_in_the_order_of_the_choices(text: str) -> None:
    assert typed(text, SEVERAL) == ("papers", "boats", "health")


def test_one_number_or_one_label_is_enough_where_several_may_be_chosen() -> None:
    assert typed("2", SEVERAL) == ("borders",)
    assert typed("Borders", SEVERAL) == ("borders",)
    assert tapped("borders", question=SEVERAL) == ("borders",)


@pytest.mark.parametrize("text", ["1-4", "1 – 4", "1 or 4", "I am 1 of 4", "", "and"])
def test_what_could_mean_two_things_is_asked_again(text: str) -> None:
    assert typed(text, SEVERAL) is Unread.NOT_UNDERSTOOD


@pytest.mark.parametrize("text", ["1 9", "134", "0", "1 " + "9" * 250])
def test_several_with_one_that_was_not_offered_choose_nothing(text: str) -> None:
    assert typed(text, SEVERAL) is Unread.NOT_OFFERED


def test_a_tap_chooses() -> None:
    assert tapped("boats") == "boats"


def test_a_tap_on_an_earlier_question_is_told_from_one_on_this() -> None:
    assert tapped("boats", token="t0") is Unread.OLD_BUTTON
    assert tapped("boats", token="") is Unread.OLD_BUTTON


def test_a_forged_tap_chooses_nothing() -> None:
    assert tapped("everything") is Unread.NOT_OFFERED
    assert tapped("boats", question=WORDS) is Unread.NOT_OFFERED


def test_words_are_taken_as_they_are() -> None:
    assert typed("  Visas for my family \n", WORDS) == Words("Visas for my family")
    assert typed("3", WORDS) == Words("3")
    assert typed("نعم", WORDS) == Words("نعم")


@pytest.mark.parametrize("text", ["", "   ", "👍👍", "❤️", "...", "\u200f", "0", "back"])
def test_without_a_word_nothing_is_given(text: str) -> None:
    assert typed(text, WORDS) is Unread.NO_WORDS


def test_whatever_an_app_sends_in_one_message_is_taken_whole() -> None:
    assert typed("a" * 4096, WORDS) == Words("a" * 4096)
    assert typed("\U0001e922" * 2048, WORDS) == Words("\U0001e922" * 2048)
    assert typed("a" * 4097, WORDS) is Unread.TOO_LONG
    assert typed("\U0001e922" * 2049, WORDS) is Unread.TOO_LONG
    assert typed("a" * 10_000) is Unread.NOT_UNDERSTOOD


def test_a_voice_note_gives_words_but_chooses_nothing() -> None:
    note = Message("telegram", "event", "sender", Kind.VOICE, voice="file-1")
    assert read(WORDS, note, TOKEN) == Words(voice="file-1")
    captioned = Message("telegram", "event", "sender", Kind.VOICE, "About the clinic.", voice="file-1")
    assert read(WORDS, captioned, TOKEN) == Words("About the clinic.", "file-1")
    assert read(ONE, note, TOKEN) is Unread.CHOOSE


@pytest.mark.parametrize("question", [ONE, SEVERAL, WORDS])
@pytest.mark.parametrize(("kind", "why"), [(Kind.OTHER, Unread.CANNOT_READ), (Kind.EDITED, Unread.EDITED)])
def test_what_cannot_be_an_answer_is_said_so(question: Ask, kind: Kind, why: Unread) -> None:
    assert read(question, Message("telegram", "event", "sender", kind, "1"), TOKEN) is why


@pytest.mark.parametrize("shows_numbers", [True, False])
@pytest.mark.parametrize("language", languages())
def test_there_is_a_sentence_for_every_reason(language: str, shows_numbers: bool) -> None:
    with speaking(language):
        sentences = [sorry(reason, shows_numbers) for reason in Unread]
    assert len(set(sentences)) == len(Unread)


def test_a_number_is_asked_for_only_where_numbers_are_shown() -> None:
    assert [reason for reason in Unread if "number" in sorry(reason)] == [Unread.NOT_UNDERSTOOD, Unread.CHOOSE]
    assert [reason for reason in Unread if "number" in sorry(reason, shows_numbers=False)] == []


@given(text=st.text(max_size=400), question=st.sampled_from([ONE, SEVERAL, WORDS, CONSENT]))
def test_whatever_is_typed_is_an_answer_that_fits_or_a_reason(text: str, question: Ask) -> None:
    answer = typed(text, question)
    assert isinstance(answer, Unread) or fits(question, answer)


@given(
    chosen=st.sets(st.integers(1, len(CHOICES)), min_size=1), between=st.sampled_from([" ", ",", ", ", "، ", " and "])
)
def test_numbers_typed_as_shown_always_choose(chosen: set[int], between: str) -> None:
    answer = typed(between.join(map(str, sorted(chosen, reverse=True))), SEVERAL)
    assert answer == tuple(CHOICES[number - 1].value for number in sorted(chosen))
