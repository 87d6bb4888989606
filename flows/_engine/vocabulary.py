"""The words of `locales/heard`, of all our languages at once, and a message as words that are compared with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from flows._engine.folding import fold, in_one_spelling
from locales import heard

_CONTRACTED = re.compile(r"n['’ʼ`´]t\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1+")
_THRICE = re.compile(r"(.)\1\1")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


def words_of(text: str) -> tuple[str, ...]:
    """In one spelling, without what stands between them."""
    text = _CONTRACTED.sub("nt", text)
    if _THRICE.search(text):
        text = _DRAWN_OUT.sub(r"\1", text)
    return tuple(_WORD.findall(in_one_spelling(text)))


@cache
def phrases(section: str, name: str) -> tuple[tuple[str, ...], ...]:
    found = {words_of(phrase): None for words in heard() for phrase in words[section][name]}
    return tuple(found)


def begun(section: str, name: str, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The phrases that begin with one of these words: few of the hundreds that there are."""
    by_first = _by_first_word(section, name)
    return (phrase for word in words for phrase in by_first.get(word, ()))


@cache
def _by_first_word(section: str, name: str) -> Mapping[str, list[tuple[str, ...]]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases(section, name):
        by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


def in_order(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words of the phrase stand there one after the other, perhaps with others between them."""
    rest = iter(words)
    return all(any(word == wanted for word in rest) for wanted in phrase)


@cache
def single(section: str, name: str = "words") -> frozenset[str]:
    """Every word of these phrases by itself."""
    return frozenset(word for phrase in phrases(section, name) for word in phrase)


@cache
def signs_of(section: str) -> frozenset[str]:
    return frozenset(sign for words in heard() for sign in words[section].get("signs", ()))


@cache
def small_words() -> frozenset[str]:
    return single("stop", "beside") | single("polite") | single("greeting", "beside") | single("labels", "beside")


@cache
def short_phrases(section: str) -> tuple[tuple[str, ...], ...]:
    """The longest first; each word without doubled letters."""
    short = {tuple(undoubled(word) for word in phrase) for phrase in phrases(section, "words")}
    return tuple(sorted(short, key=lambda phrase: (-len(phrase), phrase)))


@cache
def short_polite() -> frozenset[str]:
    return frozenset(undoubled(word) for word in single("polite"))


@cache
def numbers() -> Mapping[str, int]:
    numbers: dict[str, int] = {}
    for words in heard():
        for value, names in enumerate(words["numbers"]["words"], 1):
            numbers |= {fold(name): value for name in names}
    return numbers


def undoubled(word: str) -> str:
    """Letters that stand twice stand once: "yess", "okk"."""
    return _REPEATED.sub(r"\1", word)
