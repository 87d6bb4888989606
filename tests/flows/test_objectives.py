"""The objectives of the Global Compact, as people choose among them."""

from collections.abc import Mapping

import pytest

from channels.messages import Choice
from flows import GROUPS, LEVELS, OBJECTIVES, SOMETHING_ELSE, STATES, topic_label
from locales import languages, speaking


def test_all_twenty_three_are_there_once() -> None:
    assert [objective.number for objective in OBJECTIVES.values()] == list(range(1, 24))
    assert sum(len(group.objectives) for group in GROUPS) == len(OBJECTIVES)
    assert SOMETHING_ELSE not in OBJECTIVES


def test_a_text_message_can_hold_every_choice() -> None:
    assert 5 <= len(GROUPS) <= 6
    assert all(3 <= len(group.objectives) <= 5 for group in GROUPS)
    assert {group.key for group in GROUPS}.isdisjoint({SOMETHING_ELSE})


@pytest.mark.parametrize("language", languages())
def test_a_label_is_short_in_every_language(language: str) -> None:
    with speaking(language):
        labels = [topic_label(topic) for topic in (*OBJECTIVES, SOMETHING_ELSE)]
    assert [label for label in labels if len(label) > 45] == []
    assert len(set(labels)) == len(labels)


def test_there_are_seven_levels_of_participation() -> None:
    assert list(LEVELS) == [
        "contribution", "information_sharing", "consultation", "cooperation", "decision_making", "partnership",
        "transformation",
    ]  # fmt: skip


@pytest.mark.parametrize("sentences", [LEVELS, STATES], ids=["levels", "states"])
def test_each_is_a_sentence_of_its_own(sentences: Mapping[str, str]) -> None:
    assert all(sentence.endswith(".") for sentence in sentences.values())
    assert len(set(sentences.values())) == len(sentences)


def test_every_key_can_stand_behind_a_button() -> None:
    assert all(Choice(key, key).value.isascii() and len(key) <= 40 for key in (*OBJECTIVES, *LEVELS, *STATES))
