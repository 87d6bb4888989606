"""What can be chosen fits WhatsApp's buttons and lists, in every language."""

import pytest

from channels._text.segments import utf16
from channels.messages import Choice
from channels.whatsapp._content import BUTTON_LABEL, MOST_BUTTONS, ROW_LABEL
from flows import Ask, Flow, Wants, flows, reply
from locales import languages
from tests.flows.example import PROCESS, facts, paths

ASKED = {name: flow for name, flow in flows().items() if name != "recognise"}
"""Who it is, is asked in two languages at once, and only where numbers change hands: by SMS."""


@pytest.mark.parametrize("flow", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("language", languages())
def test_labels_fit_buttons_where_there_are_few_and_else_a_list(flow: Flow, language: str) -> None:
    questions = [
        turn.question for path in paths(flow, facts(language, "whatsapp")) for turn in path.turns if turn.question
    ]
    assert [label for question in questions for label in too_long(question)] == []


@pytest.mark.parametrize("language", languages())
def test_the_word_that_opens_a_list_fits_its_button_and_is_of_the_language(language: str) -> None:
    question = Ask("?", (Choice("a", "A"),))
    word = reply((), question, language, PROCESS).choose
    assert 0 < utf16(word) <= BUTTON_LABEL
    assert (word == "Choose") is (language == "en")
    assert reply(("Thank you.",), None, language, PROCESS).choose == ""


def too_long(question: Ask) -> list[str]:
    """The labels that would make numbered text of the question. Where several may be chosen it always is that."""
    if question.wants is not Wants.ONE:
        return []
    most = BUTTON_LABEL if len(question.choices) <= MOST_BUTTONS else ROW_LABEL
    return [choice.label for choice in question.choices if utf16(choice.label) > most]
