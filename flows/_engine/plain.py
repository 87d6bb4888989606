"""What people say in plain words, in any of our languages at once: `locales/heard` holds the words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from channels.messages import Choice
from flows._engine import patterns
from flows._engine.folding import fold, in_one_spelling, in_western_digits
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
SHORTEST_WORD = 4
"""Letters of a word that is recognised although it was mistyped."""
LETTERS = 16
"""And from so many letters on, however few words they are: some languages write long ones."""
ARTICLE = "ال"
ASKABLE = ("help", "forget", "language")
"""The flows that phrases of `locales/heard` ask for."""

_CONTRACTED = re.compile(r"n['’ʼ`´]t\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1+")
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_THRICE = re.compile(r"(.)\1\1")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_CLAUSES = re.compile(r"[.,;:!?\n\u060c\u061b\u061f\u2026]+")


def asks_to_stop(text: str) -> bool:
    """Whether somebody asks us, and nobody else, to stop. In doubt we ask."""
    if _signs("stop") & set(_TONES.sub("", text)):
        return True
    words = _words(text)
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
    return "" not in meant and any(_in_order(request, meant) for request in _begun("stop", "asks", meant))


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
    return [words] if len(clauses) == 1 else [_words(clause) for clause in clauses]


def _is_about_more(text: str) -> bool:
    return _patterns("stop", "matters").are_in(_meant(_words(text))) or tells_of_danger(text)


def tells_of_danger(text: str) -> bool:
    """Whether somebody may be in danger. In doubt they are. A number alone says nothing: it chooses."""
    if text.isdecimal():
        return False
    wording = _meant(_words(text))
    dangers = [set(places) for places in _patterns("danger", "tells").places(wording, BETWEEN_DANGER)]
    if not dangers:
        return False
    harmless = {place for places in _patterns("danger", "harmless").places(wording, BETWEEN_DANGER) for place in places}
    return any(not places & harmless for places in dangers)


def asks_for(text: str) -> str | None:
    """The flow that a plain phrase asks for, with nothing beside it but small words."""
    return _flow_asked_for(_words(text))


def _flow_asked_for(words: Sequence[str]) -> str | None:
    if not 0 < len(words) <= LONGEST_REQUEST:
        return None
    return next((flow for flow in ASKABLE if _asks_for(flow, words)), None)


def _asks_for(flow: str, words: Sequence[str]) -> bool:
    if not _asking_words(flow).issuperset(words):
        return False
    return any(
        _in_order(phrase, words) and _small_words().issuperset(set(words).difference(phrase))
        for phrase in _begun(flow, "asks", words)
    )


def greets(text: str) -> bool:
    """Whether it is a greeting and nothing else."""
    words = _words(text)
    known = _single("greeting") | _single("greeting", "beside") | _single("polite")
    return known.issuperset(words) and any(_in_order(greeting, words) for greeting in _phrases("greeting", "words"))


def says_something(text: str) -> bool:
    """Whether somebody tells us something, however short: no stray word, no yes or no, no picture of a feeling."""
    words = _words(text)
    letters = sum(map(len, words))
    return len(words) >= SENTENCE or (letters >= LETTERS and len(words) > 1)


def yes_or_no(text: str) -> str | None:
    """A loose answer: "yes", "no" or None. For no question where a slip would do harm."""
    signs = set(_TONES.sub("", text))
    words = [_REPEATED.sub(r"\1", word) for word in _words(text)]
    if not words:
        found = {answer for answer in ("yes", "no") if _signs(answer) & signs}
        return found.pop() if len(found) == 1 else None
    if tuple(words) in _short_phrases("unsure"):
        return None
    found = {answer for answer in ("yes", "no") if _is_made_of(words, answer)}
    return found.pop() if len(found) == 1 else None


def number(text: str) -> int | None:
    """A number that is spelled, or named as one: "two", "the second", "no. 2"."""
    spelled = [word for word in _words(in_western_digits(text)) if word not in _single("numbers", "beside")]
    if len(spelled) != 1:
        return None
    return int(spelled[0]) if spelled[0].isdecimal() else _numbers().get(spelled[0])


def near(choices: Iterable[Choice], text: str) -> str | None:
    """The value of the one choice of whose label this is a part, or nearly so. None where two are near."""
    words, labels = _telling_words(text), _label_words(choices)
    matches = [frozenset(value for value, label in labels.items() if _is_near_any(word, label)) for word in words]
    matching = [values for values in matches if values]
    stray = [word for word, values in zip(words, matches, strict=True) if not values]
    if not matching or len(stray) * 3 > len(words) or any(len(word) > 3 for word in stray):
        return None
    common = frozenset.intersection(*matching)
    return next(iter(common)) if len(common) == 1 else None


def nearest(choices: Iterable[Choice], text: str) -> tuple[str, ...]:
    """The values of all choices with a word of this in their label, or nearly so: first those with most of them."""
    words, labels = _telling_words(text), _label_words(choices)
    shared = {value: sum(_is_near_any(word, label) for word in words) for value, label in labels.items()}
    return tuple(sorted((value for value in shared if shared[value]), key=lambda value: -shared[value]))


def nearest_word(text: str, words: Mapping[str, str]) -> str | None:
    """What one word that was slightly mistyped stands for; None where it is near words of two kinds, or is long."""
    typed = fold(text)
    if len(typed) < SHORTEST_WORD or len(typed) > 2 * LETTERS or " " in typed:
        return None
    meant = {flow for word, flow in words.items() if _is_near(typed, word)}
    return meant.pop() if len(meant) == 1 else None


def _words(text: str) -> tuple[str, ...]:
    text = _CONTRACTED.sub("nt", text)
    if _THRICE.search(text):
        text = _DRAWN_OUT.sub(r"\1", text)
    return tuple(_WORD.findall(in_one_spelling(text)))


def _meant(words: Sequence[str]) -> patterns.Wording:
    """The words as patterns have them: without what Arabic writes as a part of a word, and mended if they are few."""
    bare = tuple(map(patterns.bare, words))
    return patterns.worded(bare if len(bare) > LONGEST_PLEA else tuple(map(_mending().mended, bare)))


def _in_order(phrase: Sequence[str], words: Sequence[str]) -> bool:
    rest = iter(words)
    return all(any(word == wanted for word in rest) for wanted in phrase)


def _begun(section: str, name: str, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The phrases that begin with one of these words: few of the hundreds that there are."""
    by_first = _by_first_word(section, name)
    return (phrase for word in words for phrase in by_first.get(word, ()))


def _is_made_of(words: Sequence[str], answer: str) -> bool:
    """Whether these words are that answer, once or several times, and politeness."""
    place, answered = 0, False
    while place < len(words):
        phrase = next((p for p in _short_phrases(answer) if tuple(words[place : place + len(p)]) == p), None)
        if phrase is None and words[place] not in _short_polite():
            return False
        answered = answered or phrase is not None
        place += 1 if phrase is None else len(phrase)
    return answered


def _telling_words(text: str) -> list[str]:
    return [_bare(word) for word in _words(text) if word not in _single("labels", "beside")]


def _label_words(choices: Iterable[Choice]) -> dict[str, frozenset[str]]:
    return {choice.value: frozenset(map(_bare, _words(choice.label))) for choice in choices}


def _bare(word: str) -> str:
    """Without the Arabic article, which is written as a part of the word."""
    return word.removeprefix(ARTICLE) if len(word) > len(ARTICLE) + 1 else word


def _is_near_any(word: str, others: Iterable[str]) -> bool:
    return any(word == other or _is_near(word, other, least=3) for other in others)


def _nearest_stop_word(word: str) -> str:
    """An empty word where none is near."""
    if len(word) < SHORTEST_WORD:
        return ""
    by_slip = _stop_words_by_slip()
    others = {other for slip in _slips(word) for other in by_slip.get(slip, ())}
    return next((other for other in sorted(others) if _is_near(word, other)), "")


def _slips(word: str) -> set[str]:
    """The word, and without each of its letters: two words that are one slip apart share one of these."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@lru_cache(maxsize=4096)
def _is_near(typed: str, word: str, least: int = 4) -> bool:
    """One slip apart. Of short words only two neighbours that changed places, for too many are near each other."""
    length = max(len(typed), len(word))
    if typed == word or length < least or abs(len(typed) - len(word)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word)))
    left, right = typed[same:], word[same:]
    if len(left) == len(right):
        swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
        return swapped or (length > least and left[1:] == right[1:])
    return length > least and (left[1:] == right or left == right[1:])


@cache
def _phrases(section: str, name: str) -> tuple[tuple[str, ...], ...]:
    found = {_words(phrase): None for words in heard() for phrase in words[section][name]}
    return tuple(found)


@cache
def _by_first_word(section: str, name: str) -> Mapping[str, list[tuple[str, ...]]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in _phrases(section, name):
        by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


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
def _short_phrases(section: str) -> tuple[tuple[str, ...], ...]:
    """The longest first; each word without doubled letters."""
    short = {tuple(_REPEATED.sub(r"\1", word) for word in phrase) for phrase in _phrases(section, "words")}
    return tuple(sorted(short, key=lambda phrase: (-len(phrase), phrase)))


@cache
def _short_polite() -> frozenset[str]:
    return frozenset(_REPEATED.sub(r"\1", word) for word in _single("polite"))


@cache
def _single(section: str, name: str = "words") -> frozenset[str]:
    return frozenset(word for phrase in _phrases(section, name) for word in phrase)


@cache
def _stop_words() -> frozenset[str]:
    return _single("stop", "asks") | _single("stop", "beside") | _single("polite")


@cache
def _stop_words_by_slip() -> Mapping[str, list[str]]:
    by_slip: dict[str, list[str]] = {}
    for word in _stop_words():
        for slip in _slips(word):
            by_slip.setdefault(slip, []).append(word)
    return by_slip


@cache
def _small_words() -> frozenset[str]:
    return _single("stop", "beside") | _single("polite") | _single("greeting", "beside") | _single("labels", "beside")


@cache
def _asking_words(flow: str) -> frozenset[str]:
    """Every word that can stand in a phrase that asks for this flow."""
    return _small_words() | _single(flow, "asks")


@cache
def _signs(section: str) -> frozenset[str]:
    return frozenset(sign for words in heard() for sign in words[section].get("signs", ()))


@cache
def _numbers() -> Mapping[str, int]:
    numbers: dict[str, int] = {}
    for words in heard():
        for value, names in enumerate(words["numbers"]["words"], 1):
            numbers |= {fold(name): value for name in names}
    return numbers
