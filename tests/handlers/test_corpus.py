"""Whoever writes is understood: what becomes of everything in `tests/corpus`, counted, and none of the STOP missed."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

import flows
from flows import Answer
from flows._engine.folding import fold, in_western_digits
from flows._engine.reading import SHORTEST_START
from handlers.talk.deciding import Go
from handlers.talk.standing import Standing
from tests.every_channel import every_channel
from tests.handlers.corpus import (
    FOLDER,
    PROCESS,
    STOPS,
    Entry,
    Meaning,
    Place,
    decide_at,
    entries,
    standing_in,
)

MISUNDERSTOOD: Mapping[str, tuple[int, int, int, int]] = {
    "ar": (5, 5, 5, 1),
    "en": (5, 5, 4, 4),
    "es": (3, 3, 2, 2),
    "fr": (2, 2, 2, 2),
}
"""How many are not understood today: at the menu, at yes or no, at a choice, at words. These figures only fall."""

AT_LEAST = {"stop": 20, "not_stop": 8, "danger": 8, "help": 6, "yes": 12, "no": 8}
"""How many of a kind a language needs."""
LANGUAGES = sorted({entry.language for entry in entries()})
PLAIN_YES = frozenset({"yes", "oui", "si", "نعم"})
"""What counts as a yes to a question that cannot take a loose one."""


def test_how_many_are_understood() -> None:
    """Whoever makes it better lowers the figures, and whoever adds to the corpus writes them anew."""
    print(table(), misunderstood(), sep="\n\n")
    today = {language: tuple(count(of(language), place) for place in Place) for language in LANGUAGES}
    assert today == MISUNDERSTOOD, "MISUNDERSTOOD is to be what stands on the left"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_stop_is_missed_but_those_marked(language: str) -> None:
    """`missed_today` is to be taken away from a group in the corpus as soon as all of it is heard everywhere."""
    stops = [entry for entry in of(language) if entry.kind == "stop"]
    missed = [entry.says for entry in stops if any(entry.is_missed(place) for place in Place)]
    assert missed == [entry.says for entry in stops if entry.missed_today]


def test_the_exact_words_stop_at_once_everywhere() -> None:
    exact = [entry for entry in entries() if set(entry.must.values()) == {Meaning.STOP}]
    assert {entry.language for entry in exact} == set(LANGUAGES)
    assert [(entry.says, place) for entry in exact for place in Place if entry.does(place) is not Meaning.STOP] == []


def test_nothing_else_stops_at_once() -> None:
    others = ((entry, place) for entry in entries() for place in Place if entry.must[place] is not Meaning.STOP)
    assert [(entry.says, place) for entry, place in others if entry.does(place) is Meaning.STOP] == []


def test_only_what_asks_us_to_stop_is_asked_about_it() -> None:
    others = ((entry, place) for entry in entries() for place in Place if entry.must[place] not in STOPS)
    assert [(entry.says, place) for entry, place in others if entry.does(place) in STOPS] == []


def test_consent_takes_no_loose_yes() -> None:
    for entry in entries():
        standing = standing_in("welcome", (), entry.language, "sms")
        if chosen(standing, entry.says, consented=False) == "yes":
            assert is_plain(entry.says, standing), entry.says


def test_forget_takes_no_loose_yes() -> None:
    for entry in entries():
        standing = standing_in("forget", (), entry.language, "sms")
        if chosen(standing, entry.says) == "yes":
            assert is_plain(entry.says, standing), entry.says


def test_a_ballot_is_filled_in_by_numbers_and_labels_only() -> None:
    for entry in entries():
        standing = standing_in("vote", (), entry.language, "sms")
        if chosen(standing, entry.says) is not None:
            assert is_number(entry.says) or begins_a_label(entry.says, standing), entry.says


def test_only_twilios_own_words_mean_something_else_on_another_channel() -> None:
    differing = {
        entry.says
        for entry in entries()
        for place in Place
        if len({entry.does(place, channel) for channel in ("sms", "whatsapp", "telegram")}) > 1
    }
    assert {says for says in differing if fold(says) not in every_channel()["sms"].reserved_words} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_hundred_and_enough_of_each_kind(language: str) -> None:
    kinds = Counter(entry.kind for entry in of(language))
    assert kinds.total() >= 100
    assert {kind: kinds[kind] for kind, least in AT_LEAST.items() if kinds[kind] < least} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_there_twice(language: str) -> None:
    times = Counter(" ".join(entry.says.split()) for entry in of(language))
    assert [says for says, number in times.items() if number > 1] == []


def test_the_page_beside_them_tells_every_value() -> None:
    page = (FOLDER / "README.md").read_text()
    assert [value for value in (*Meaning, *Place) if f"`{value}`" not in page] == []


def of(language: str) -> list[Entry]:
    return [entry for entry in entries() if entry.language == language]


def count(among: Iterable[Entry], place: Place) -> int:
    return sum(not entry.is_understood(place) for entry in among)


def table() -> str:
    """How many of how many are understood, per language and per kind, at each place."""
    rows = {language: of(language) for language in LANGUAGES}
    for entry in entries():
        rows.setdefault(entry.kind, []).append(entry)
    rows["all"] = list(entries())
    heading = f"{'understood':<12}" + "".join(f"{place:>12}" for place in Place)
    return "\n".join((heading, *(_row(name, among) for name, among in rows.items())))


def _row(name: str, among: list[Entry]) -> str:
    understood = (f"{len(among) - count(among, place)}/{len(among)}" for place in Place)
    return f"{name:<12}" + "".join(f"{figure:>12}" for figure in understood)


def misunderstood() -> str:
    """Every entry that is not understood somewhere: where, what it must do, and what it does."""
    lines = []
    for entry in entries():
        wrong = [place for place in Place if not entry.is_understood(place)]
        if wrong:
            where = ", ".join(f"{place} {entry.must[place]} is {entry.does(place)}" for place in wrong)
            lines.append(f"{entry.language} {entry.kind}: {entry.says!r}: {where}")
    return "\n".join(lines)


def chosen(standing: Standing, says: str, consented: bool = True) -> Answer | None:
    """What a message chooses at the question that is open; None when it chooses nothing."""
    decision = decide_at(standing, says, "sms", consented)
    return decision.answer if isinstance(decision, Go) else None


def is_plain(says: str, standing: Standing) -> bool:
    return fold(says) in PLAIN_YES or is_number(says) or begins_a_label(says, standing)


def is_number(says: str) -> bool:
    return re.fullmatch(r"[\W_]*\d[\d\W_]*", in_western_digits(says)) is not None


def begins_a_label(says: str, standing: Standing) -> bool:
    question, beginning = standing.talks[-1].played(flows.Surroundings(PROCESS)).question, fold(says)
    assert question is not None
    labels = [fold(choice.label) for choice in question.choices]
    return len(beginning) >= SHORTEST_START and any(label.startswith(beginning) for label in labels)
