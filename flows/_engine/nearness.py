"""Words that were slightly mistyped, or are a part of what is offered."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from channels.messages import Choice
from flows._engine.folding import fold
from flows._engine.vocabulary import single, words_of

SHORTEST_WORD = 4
"""Letters of a word that is recognised although it was mistyped."""
LONGEST_TYPED = 32
"""Letters of what is taken for one word; more is none that was mistyped."""
ARTICLE = "ال"


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
    if len(typed) < SHORTEST_WORD or len(typed) > LONGEST_TYPED or " " in typed:
        return None
    meant = {flow for word, flow in words.items() if is_near(typed, word)}
    return meant.pop() if len(meant) == 1 else None


def _telling_words(text: str) -> list[str]:
    return [_bare(word) for word in words_of(text) if word not in single("labels", "beside")]


def _label_words(choices: Iterable[Choice]) -> dict[str, frozenset[str]]:
    return {choice.value: frozenset(map(_bare, words_of(choice.label))) for choice in choices}


def _bare(word: str) -> str:
    """Without the Arabic article, which is written as a part of the word."""
    return word.removeprefix(ARTICLE) if len(word) > len(ARTICLE) + 1 else word


def _is_near_any(word: str, others: Iterable[str]) -> bool:
    return any(word == other or is_near(word, other, least=3) for other in others)


@lru_cache(maxsize=4096)
def is_near(typed: str, word: str, least: int = 4) -> bool:
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


def slips(word: str) -> set[str]:
    """The word, and without each of its letters: two words that are one slip apart share one of these."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
