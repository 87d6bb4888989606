"""What people say in plain words is there for every language, and means one thing."""

import tomllib

import pytest

from flows._engine import plain
from locales import FOLDER, languages

SECTIONS = {
    "stop": {"asks", "beside", "signs", "ours", "against"},
    "danger": {"tells"},
    "yes": {"words", "signs"},
    "no": {"words", "signs"},
    "polite": {"words"},
    "unsure": {"words"},
    "greeting": {"words", "beside"},
    "numbers": {"words", "beside"},
    "labels": {"beside"},
    "help": {"asks"},
    "forget": {"asks"},
    "language": {"asks"},
}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_section(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    assert {section: set(parts) for section, parts in words.items()} == SECTIONS
    assert len(words["numbers"]["words"]) == 10


@pytest.mark.parametrize("language", languages())
def test_everything_there_means_what_its_section_says(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    assert [phrase for phrase in words["stop"]["asks"] if not plain.asks_to_stop(phrase)] == []
    assert [phrase for phrase in words["danger"]["tells"] if not plain.tells_of_danger(phrase.replace("*", ""))] == []
    for answer in ("yes", "no"):
        answers = [*words[answer]["words"], *words[answer]["signs"]]
        assert [word for word in answers if plain.yes_or_no(word) != answer] == []
    assert [phrase for phrase in words["unsure"]["words"] if plain.yes_or_no(phrase)] == []
    assert [phrase for phrase in words["greeting"]["words"] if not plain.greets(phrase)] == []
    for flow in plain.ASKABLE:
        assert [phrase for phrase in words[flow]["asks"] if plain.asks_for(phrase) != flow] == []


@pytest.mark.parametrize("text", ["", "...", "😭", "a" * 5000, "stop " * 1000, "\u200f", "'"])
def test_anything_can_be_asked_about(text: str) -> None:
    for question in (
        plain.asks_to_stop,
        plain.tells_of_danger,
        plain.asks_for,
        plain.greets,
        plain.yes_or_no,
        plain.number,
    ):
        assert not question(text)
