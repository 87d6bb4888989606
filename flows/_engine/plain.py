"""What people say in plain words, in any of our languages at once: `locales/heard` holds the words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from flows._engine import patterns
from flows._engine.folding import in_western_digits
from flows._engine.nearness import SHORTEST_WORD, is_near, slips
from flows._engine.vocabulary import (
    begun,
    in_order,
    numbers,
    phrases,
    short_phrases,
    short_polite,
    signs_of,
    single,
    small_words,
    undoubled,
    words_of,
)
from locales import heard

LONGEST_REQUEST = 15
"""Words. Nobody asks us for something simple in more."""
MISTYPED = 2
"""How many words of a request may be mistyped."""
BETWEEN_REQUEST = 2
"""How many other words may stand between two that ask us to stop together."""
BETWEEN_DANGER = 3
"""How many other words may stand between two that tell of danger together."""
LONGEST_PLEA = 40
"""Words of a message in which a request may stand among other words. More is a story."""
LONGEST_OBJECTION = 10
"""Words of somebody who names something of ours and something against it. More may well be about others."""
SENTENCE = 4
"""From so many words on a message says something."""
LETTERS = 16
"""And from so many letters on, however few words they are: some languages write long ones."""
ASKABLE = ("help", "forget", "language")
"""The flows that phrases of `locales/heard` ask for."""

_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_CLAUSES = re.compile(r"[.,;:!?\n\u060c\u061b\u061f\u2026]+")


def asks_to_stop(text: str) -> bool:
    """Whether somebody asks us, and nobody else, to stop. In doubt we ask."""
    if signs_of("stop") & set(_TONES.sub("", text)):
        return True
    words = words_of(text)
    if not 0 < len(words) <= LONGEST_PLEA:
        return False
    return _asks_nothing_else(words) or (_flow_asked_for(words) is None and _asks_among_others(text, words))


def _asks_nothing_else(words: Sequence[str]) -> bool:
    """Everything they say is about that."""
    if len(words) > LONGEST_REQUEST:
        return False
    known = _stop_words()
    if sum(word not in known for word in words) > MISTYPED:
        return False
    meant = [word if word in known else _nearest_stop_word(word) for word in words]
    return "" not in meant and any(in_order(request, meant) for request in begun("stop", "asks", meant))


def _asks_among_others(text: str, words: Sequence[str]) -> bool:
    """A request stands among other words, or a hint of one and nothing that it could be about but us.

    Not in a clause that names somebody else, who could be the one who is to stop.
    """
    clauses = map(_meant, _clauses(text, words))
    to_us = patterns.joined([clause for clause in clauses if not _patterns("stop", "others").are_in(clause)])
    if _patterns("stop", "tells").are_in(to_us, BETWEEN_REQUEST):
        return True
    if len(to_us.words) > LONGEST_OBJECTION:
        return False
    if _patterns("stop", "hints").are_in(to_us) and not _is_about_more(text):
        return True
    return any(ours.are_in(to_us) and against.are_in(to_us) for ours, against in _objections())


def _clauses(text: str, words: Sequence[str]) -> Sequence[Sequence[str]]:
    """The words of each clause of a message that has these words."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    return [words] if len(clauses) == 1 else [words_of(clause) for clause in clauses]


def _is_about_more(text: str) -> bool:
    return _patterns("stop", "matters").are_in(_meant(words_of(text))) or tells_of_danger(text)


def tells_of_danger(text: str) -> bool:
    """Whether somebody may be in danger. In doubt they are. A number alone says nothing: it chooses."""
    if text.isdecimal():
        return False
    wording = _meant(words_of(text))
    dangers = [set(places) for places in _patterns("danger", "tells").places(wording, BETWEEN_DANGER)]
    if not dangers:
        return False
    harmless = {place for places in _patterns("danger", "harmless").places(wording, BETWEEN_DANGER) for place in places}
    return any(not places & harmless for places in dangers)


def asks_for(text: str) -> str | None:
    """The flow that a plain phrase asks for, with nothing beside it but small words."""
    return _flow_asked_for(words_of(text))


def _flow_asked_for(words: Sequence[str]) -> str | None:
    if not 0 < len(words) <= LONGEST_REQUEST:
        return None
    return next((flow for flow in ASKABLE if _asks_for(flow, words)), None)


def _asks_for(flow: str, words: Sequence[str]) -> bool:
    if not _asking_words(flow).issuperset(words):
        return False
    return any(
        in_order(phrase, words) and small_words().issuperset(set(words).difference(phrase))
        for phrase in begun(flow, "asks", words)
    )


def greets(text: str) -> bool:
    """Whether it is a greeting and nothing else."""
    words = words_of(text)
    known = single("greeting") | single("greeting", "beside") | single("polite")
    return known.issuperset(words) and any(in_order(greeting, words) for greeting in phrases("greeting", "words"))


def says_something(text: str) -> bool:
    """Whether somebody tells us something, however short: no stray word, no yes or no, no picture of a feeling."""
    words = words_of(text)
    letters = sum(map(len, words))
    return len(words) >= SENTENCE or (letters >= LETTERS and len(words) > 1)


def yes_or_no(text: str) -> str | None:
    """A loose answer: "yes", "no" or None. For no question where a slip would do harm."""
    signs = set(_TONES.sub("", text))
    words = [undoubled(word) for word in words_of(text)]
    if not words:
        found = {answer for answer in ("yes", "no") if signs_of(answer) & signs}
        return found.pop() if len(found) == 1 else None
    if tuple(words) in short_phrases("unsure"):
        return None
    found = {answer for answer in ("yes", "no") if _is_made_of(words, answer)}
    return found.pop() if len(found) == 1 else None


def number(text: str) -> int | None:
    """A number that is spelled, or named as one: "two", "the second", "no. 2"."""
    spelled = [word for word in words_of(in_western_digits(text)) if word not in single("numbers", "beside")]
    if len(spelled) != 1:
        return None
    return int(spelled[0]) if spelled[0].isdecimal() else numbers().get(spelled[0])


def _meant(words: Sequence[str]) -> patterns.Wording:
    """The words as patterns have them: without what Arabic writes as a part of a word, and mended if they are few."""
    bare = tuple(map(patterns.bare, words))
    return patterns.worded(bare if len(bare) > LONGEST_PLEA else tuple(map(_mending().mended, bare)))


def _is_made_of(words: Sequence[str], answer: str) -> bool:
    """Whether these words are that answer, once or several times, and politeness."""
    place, answered = 0, False
    while place < len(words):
        phrase = next((p for p in short_phrases(answer) if tuple(words[place : place + len(p)]) == p), None)
        if phrase is None and words[place] not in short_polite():
            return False
        answered = answered or phrase is not None
        place += 1 if phrase is None else len(phrase)
    return answered


def _nearest_stop_word(word: str) -> str:
    """An empty word where none is near."""
    if len(word) < SHORTEST_WORD:
        return ""
    by_slip = _stop_words_by_slip()
    others = {other for slip in slips(word) for other in by_slip.get(slip, ())}
    return next((other for other in sorted(others) if is_near(word, other)), "")


@cache
def _patterns(section: str, name: str) -> patterns.Patterns:
    return patterns.indexed(_written(heard(), section, name))


@cache
def _objections() -> tuple[tuple[patterns.Patterns, patterns.Patterns], ...]:
    """Language by language what is ours, and what is against it: "la" is Spanish for "the", and Arabic for "no"."""
    return tuple(
        (patterns.indexed(_written([words], "stop", "ours")), patterns.indexed(_written([words], "stop", "against")))
        for words in heard()
    )


@cache
def _mending() -> patterns.Mending:
    sections = (
        ("stop", "tells"),
        ("stop", "others"),
        ("stop", "hints"),
        ("stop", "matters"),
        ("danger", "tells"),
        ("danger", "harmless"),
    )
    return patterns.mending(pattern for section in sections for pattern in _written(heard(), *section))


def _written(
    languages: Iterable[Mapping[str, Mapping[str, Any]]], section: str, name: str
) -> Iterator[patterns.Pattern]:
    for words in languages:
        for line in words[section][name]:
            yield from patterns.written(line, words["groups"])


@cache
def _stop_words() -> frozenset[str]:
    return single("stop", "asks") | single("stop", "beside") | single("polite")


@cache
def _stop_words_by_slip() -> Mapping[str, list[str]]:
    by_slip: dict[str, list[str]] = {}
    for word in _stop_words():
        for slip in slips(word):
            by_slip.setdefault(slip, []).append(word)
    return by_slip


@cache
def _asking_words(flow: str) -> frozenset[str]:
    """Every word that can stand in a phrase that asks for this flow."""
    return small_words() | single(flow, "asks")
