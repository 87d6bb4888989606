"""Who is not understood among many choices is shown few, and what is shown is what is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from channels._text.segments import utf16
from channels.messages import Choice, Kind, Message
from channels.whatsapp._content import BUTTON_LABEL
from flows import ALL, Answer, Ask, Flow, Unread, Wants, fewer, flows, narrowed, read
from flows._engine.folding import fold
from flows._engine.narrowing import FEW
from locales import languages, speaking
from tests.flows.example import facts, paths

LABELS = {
    "papers": "Identity papers",
    "borders": "Borders and papers",
    "boats": "Boats and rescue",
    "work": "Work",
    "health": "Health and school",
    "stop": "Stop messages",
}
MANY = Ask("?", tuple(Choice(value, label) for value, label in LABELS.items()), loosely=True, exactly=("stop",))


def typed(question: Ask, text: str) -> Answer | Unread:
    return read(question, Message("sms", "event", "sender", Kind.TEXT, text), "")


def test_the_nearest_come_first_and_none_that_only_its_very_label_chooses() -> None:
    assert fewer(MANY, "the rescue papers of borders").offered == ("borders", "papers", "boats", ALL)
    assert fewer(MANY, "wrok or scholo").offered == ("work", "health", ALL)
    assert fewer(MANY, "stop").offered == ("papers", "borders", "boats", ALL)


def test_where_few_are_offered_or_only_the_very_choice_counts_they_stay() -> None:
    for question in (
        replace(MANY, choices=MANY.choices[: FEW + 1]),
        replace(MANY, loosely=False),
        replace(MANY, wants=Wants.SEVERAL),
        Ask("?", wants=Wants.WORDS),
        replace(MANY, choices=(*MANY.choices, Choice(ALL, "An organizer's own"))),
    ):
        assert fewer(question, "papers") == question


def test_what_is_not_shown_is_understood_when_it_is_typed() -> None:
    few = fewer(MANY, "wrok or scholo")
    assert typed(few, "Identity papers") == "papers"
    assert typed(few, "show all") == ALL
    assert typed(few, "4") is Unread.NOT_OFFERED


@given(text=st.one_of(st.text(max_size=400), st.lists(st.sampled_from(sorted(LABELS))).map(" ".join)))
def test_what_was_shown_is_found_again_by_the_values_that_are_kept(text: str) -> None:
    few = fewer(MANY, text)
    assert narrowed(MANY, few.offered) == few
    assert [typed(few, str(number)) for number in range(1, len(few.choices) + 1)] == list(few.offered)


def test_what_the_organizer_has_changed_since_is_asked_with_all_choices() -> None:
    offered = fewer(MANY, "wrok or scholo").offered
    changed = replace(MANY, choices=tuple(choice for choice in MANY.choices if choice.value != "work"))
    assert narrowed(changed, offered) == changed
    assert narrowed(MANY, None) == narrowed(MANY, MANY.offered) == MANY


@pytest.mark.parametrize("flow", flows().values(), ids=flows())
@pytest.mark.parametrize("language", languages())
def test_every_question_with_many_choices_can_be_asked_with_few(flow: Flow, language: str) -> None:
    questions = {turn.question for path in paths(flow, facts(language)) for turn in path.turns if turn.question}
    with speaking(language):
        for few in (fewer(question, "") for question in questions):
            labels = [fold(choice.label) for choice in few.choices]
            assert len(set(labels)) == len(labels)
            assert ALL not in few.offered or utf16(few.choices[-1].label) <= BUTTON_LABEL
            assert ALL not in few.offered or len(few.choices) <= FEW + 1
