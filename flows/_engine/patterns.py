"""Patterns of words as `locales/heard` writes them, found in what people write."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product

from flows._engine.folding import fold

ANY_ENDING = "*"
SOUND = "~"
GROUP = "@"
EITHER_ORDER = " + "
SHORTEST_BEGINNING = 3
"""Letters of a beginning that stands for every word that begins so, and consonants of a sound."""
SHORTEST_MENDED = 6
"""Letters of a word that is recognised although it was mistyped."""
ENDING = 2
"""Letters at the end that are never mended: they tell "escriban" (do not write) from "escriben" (they write)."""

_AND = "و"
_ARTICLES = ("بال", "هال", "عال", "لل", "ال")
_SPELLINGS = (("ch", "sh"), ("5", "kh"), ("8", "gh"), ("9", "k"), ("q", "k"), ("6", "t"))
_UNHEARD = str.maketrans(dict.fromkeys("aeiouyw2"))


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a message, or of a clause of it, as patterns look for them."""

    words: Sequence[str]
    sounds: Sequence[str]
    keys: Sequence[tuple[str, ...]]
    """By what patterns may know each of the words."""
    any_key: frozenset[str]

    def places(self, key: str) -> Iterator[int]:
        return (place for place, keys in enumerate(self.keys) if key in keys)


def worded(words: Sequence[str]) -> Wording:
    sounds = sound(" ".join(words)).split(" ") if words else []
    keys = [
        (word, word[:SHORTEST_BEGINNING] + ANY_ENDING, SOUND + consonants)
        for word, consonants in zip(words, sounds, strict=True)
    ]
    return Wording(words, sounds, keys, frozenset(chain.from_iterable(keys)))


def joined(clauses: Sequence[Wording]) -> Wording:
    """The words of all of these, one clause after the other."""
    return clauses[0] if len(clauses) == 1 else worded([word for clause in clauses for word in clause.words])


@dataclass(frozen=True, slots=True)
class Part:
    """The words that fit at one place: whole ones, every word with such a beginning, every word that sounds so."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    sounds: frozenset[str]

    def fits(self, wording: Wording, place: int) -> bool:
        word = wording.words[place]
        if word in self.whole or (self.beginnings and word.startswith(self.beginnings)):
            return True
        return wording.sounds[place] in self.sounds

    def keys_to_it(self) -> Iterator[str]:
        yield from self.whole
        yield from (beginning[:SHORTEST_BEGINNING] + ANY_ENDING for beginning in self.beginnings)
        yield from (SOUND + consonants for consonants in self.sounds)

    def shortest(self) -> int:
        """Letters: short words are the frequent ones, in any language."""
        return min(map(len, (*self.whole, *self.beginnings, *self.sounds)))


Pattern = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """By what their rarest part may be, so that a message is compared with few of the hundreds that there are."""

    by_rarest: Mapping[str, Sequence[tuple[int, Pattern]]]

    def are_in(self, wording: Wording, between: int = 0) -> bool:
        return next(self.places(wording, between), None) is not None

    def places(self, wording: Wording, between: int) -> Iterator[Sequence[int]]:
        """Where the words of each pattern stand, in its order, at most so many others between two of them."""
        for key in self.by_rarest.keys() & wording.any_key:
            for place, (rarest, pattern) in product(wording.places(key), self.by_rarest[key]):
                if places := _around(place, wording, pattern, rarest, between):
                    yield places


def indexed(patterns: Iterable[Pattern]) -> Patterns:
    by_rarest: dict[str, dict[tuple[int, Pattern], None]] = {}
    for pattern in patterns:
        rarest = max(range(len(pattern)), key=lambda place: pattern[place].shortest())
        for key in pattern[rarest].keys_to_it():
            by_rarest.setdefault(key, {})[rarest, pattern] = None
    return Patterns({key: tuple(found) for key, found in by_rarest.items()})


def written(text: str, groups: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    """The pattern that a line writes; two where either part may come first."""
    halves = [_parts(half, groups) for half in text.split(EITHER_ORDER)]
    yield tuple(part for half in halves for part in half)
    if len(halves) > 1:
        yield tuple(part for half in reversed(halves) for part in half)


@dataclass(frozen=True, slots=True)
class Mending:
    """What a mistyped long word stands for."""

    known: frozenset[str]
    beginnings: frozenset[str]
    slips: Mapping[str, str]

    def mended(self, word: str) -> str:
        """The word that this is but for a letter too many or too few, or two that changed places."""
        if len(word) < SHORTEST_MENDED or word in self.known:
            return word
        meant = [self.slips[slip] for slip in (word, *_slips(word)) if slip in self.slips]
        if not meant or self._is_begun(word):
            return word
        return next((other for other in meant if _is_mistyped(word, other)), word)

    def _is_begun(self, word: str) -> bool:
        return any(word[:length] in self.beginnings for length in range(SHORTEST_BEGINNING, len(word) + 1))


def mending(patterns: Iterable[Pattern]) -> Mending:
    parts = {part for pattern in patterns for part in pattern}
    known = frozenset(word for part in parts for word in part.whole)
    beginnings = frozenset(beginning for part in parts for beginning in part.beginnings)
    mended = {word: word for word in sorted(known) if len(word) >= SHORTEST_MENDED}
    return Mending(known, beginnings, {slip: word for word in mended for slip in _slips(word)} | mended)


def sound(words: str) -> str:
    """The consonants of Arabic words in Latin letters: everybody spells their vowels differently."""
    for spelling, letter in _SPELLINGS:
        words = words.replace(spelling, letter)
    return words.translate(_UNHEARD)


def bare(word: str) -> str:
    """An Arabic word without "and" and the article, which are written as a part of it, and a last letter unheard."""
    if word.isascii():
        return word
    word = word.removesuffix("ا") if word.endswith("وا") else word
    word = word.removeprefix(_AND) if len(word) > len(_AND) + 3 else word
    article = next((article for article in _ARTICLES if word.startswith(article)), "")
    return word[len(article) :] if len(word) > len(article) + 2 else word


def _around(place: int, wording: Wording, pattern: Pattern, rarest: int, between: int) -> Sequence[int] | None:
    """Where the pattern stands whose rarest part is at this place; None where it does not stand."""
    if not pattern[rarest].fits(wording, place):
        return None
    after = _near(pattern[rarest + 1 :], wording, range(place + 1, len(wording.words)), between)
    if after is None:
        return None
    before = _near(pattern[:rarest][::-1], wording, range(place - 1, -1, -1), between)
    return None if before is None else (*before, place, *after)


def _near(parts: Sequence[Part], wording: Wording, rest: range, between: int) -> tuple[int, ...] | None:
    """At which of these places the parts stand, each near the one before; None where one does not."""
    found: list[int] = []
    for part in parts:
        place = next((place for place in rest[: between + 1] if part.fits(wording, place)), None)
        if place is None:
            return None
        found.append(place)
        rest = rest[rest.index(place) + 1 :]
    return tuple(found)


def _parts(text: str, groups: Mapping[str, Sequence[str]]) -> list[Part]:
    return [_part(groups[word[1:]] if word.startswith(GROUP) else [word]) for word in text.split()]


def _part(words: Sequence[str]) -> Part:
    sounds = [sound(fold(word)) for word in words if word.startswith(SOUND)]
    beginnings = [bare(fold(word)) for word in words if word.endswith(ANY_ENDING)]
    whole = [bare(fold(word)) for word in words if not word.startswith(SOUND) and not word.endswith(ANY_ENDING)]
    return Part(frozenset(whole), tuple(beginnings), frozenset(sounds))


def _is_mistyped(word: str, other: str) -> bool:
    """Not where another letter stands for one: "shared" is not "scared"."""
    return sorted(word) == sorted(other) or (len(word) != len(other) and min(len(word), len(other)) > SHORTEST_MENDED)


def _slips(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(1, len(word) - ENDING)]
