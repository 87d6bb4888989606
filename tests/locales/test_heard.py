"""What people say in plain words is there for every language, and means one thing."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence

import pytest

from flows._engine import patterns, plain
from locales import FOLDER, languages

SECTIONS = {
    "stop": {"asks", "tells", "beside", "signs", "ours", "against", "others", "hints", "matters"},
    "danger": {"tells", "harmless"},
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
    assert {section: set(parts) for section, parts in words.items() if section != "groups"} == SECTIONS
    assert len(words["numbers"]["words"]) == 10


@pytest.mark.parametrize("language", languages())
def test_everything_there_means_what_its_section_says(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    assert [phrase for phrase in words["stop"]["asks"] if not plain.asks_to_stop(phrase)] == []
    asking = [text for line in words["stop"]["tells"] for text in examples(line, words["groups"])]
    assert [text for text in asking if not plain.asks_to_stop(text)] == []
    telling = [text for line in words["danger"]["tells"] for text in examples(line, words["groups"])]
    assert [text for text in telling if not plain.tells_of_danger(text)] == []
    harmless = [text for line in words["danger"]["harmless"] for text in examples(line, words["groups"])]
    assert [text for text in harmless if plain.tells_of_danger(text)] == []
    for answer in ("yes", "no"):
        answers = [*words[answer]["words"], *words[answer]["signs"]]
        assert [word for word in answers if plain.yes_or_no(word) != answer] == []
    assert [phrase for phrase in words["unsure"]["words"] if plain.yes_or_no(phrase)] == []
    assert [phrase for phrase in words["greeting"]["words"] if not plain.greets(phrase)] == []
    for flow in plain.ASKABLE:
        assert [phrase for phrase in words[flow]["asks"] if plain.asks_for(phrase) != flow] == []


@pytest.mark.parametrize("language", languages())
def test_beginnings_and_sounds_are_long_enough_to_be_told_apart(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    lines = [line for section in ("stop", "danger") for name in SECTIONS[section] for line in words[section][name]]
    parts = {part for line in lines for pattern in patterns.written(line, words["groups"]) for part in pattern}
    short = {text for part in parts for text in (*part.beginnings, *part.sounds)}
    assert {text for text in short if len(text) < patterns.SHORTEST_BEGINNING} == set()


@pytest.mark.parametrize("language", languages())
def test_no_number_alone_tells_of_danger(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    alone = [p for line in words["danger"]["tells"] for p in patterns.written(line, words["groups"]) if len(p) == 1]
    assert [text for (part,) in alone for text in part.whole if text.isdecimal()] == []


@pytest.mark.parametrize("language", languages())
def test_every_group_is_used_and_is_there(language: str) -> None:
    words = tomllib.loads((FOLDER / "heard" / f"{language}.toml").read_text())
    lines = [line for section in ("stop", "danger") for name in SECTIONS[section] for line in words[section][name]]
    assert {word[1:] for line in lines for word in line.split() if word.startswith("@")} == set(words["groups"])


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


def examples(line: str, groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The line with each word of one of its groups in turn, and the first words of the others."""
    words = line.replace(patterns.EITHER_ORDER, " ").split()
    choices = [groups[word[1:]] if word.startswith(patterns.GROUP) else [word] for word in words]
    for place, choice in enumerate(choices):
        for word in choice:
            text = " ".join(word if at == place else others[0] for at, others in enumerate(choices))
            yield text.replace(patterns.ANY_ENDING, "").replace(patterns.SOUND, "")
