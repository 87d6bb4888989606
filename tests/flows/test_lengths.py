"""How much of a text message what we say takes."""

from dataclasses import replace

import pytest

from channels.messages import Outgoing
from channels.sms import segments_of
from flows import Kept, advance, flows
from locales import languages
from tests.flows.example import PROCESS, surroundings


@pytest.mark.parametrize("language", languages())
def test_the_question_for_the_language_takes_one_segment(language: str) -> None:
    known = Kept(language=language, channel="sms").within(surroundings("sms", replace(PROCESS, languages=languages())))
    question = advance(flows()["language"].talk, known, ()).question
    assert question
    assert len(question.choices) == len(languages())
    assert segments_of(Outgoing(question.text, language, question.choices)) == 1
