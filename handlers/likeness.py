"""Which texts may say the same: a suggestion for somebody who reads them, and never more than that."""

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

LENGTH = 3
"""Letters of a piece of a word. Whole words would miss every ending that a language puts to them."""
LEAST = 0.2
"""How alike two texts are at least to be named together, of 1 for the same."""
MOST_LETTERS = 2000
"""Of a text so much is looked at."""


def alike(texts: Mapping[str, str], others: Mapping[str, str], most: int) -> Sequence[str]:
    """The names of the `others` that are like any of the texts, the most alike first.

    By the cosine of how often each piece of a word stands in them, where a piece that stands in many counts little
    (tf-idf, Salton and Buckley 1988). It knows no language, and finds nothing across two of them.
    """
    pieces = {name: _pieces(text) for name, text in (*texts.items(), *others.items())}
    weights = _weights(pieces)
    found: list[tuple[float, str]] = []
    wanted = [weights[name] for name in texts]
    for name in others:
        likeness = max((_cosine(weights[name], each) for each in wanted), default=0.0)
        if likeness >= LEAST and name not in texts:
            found.append((-likeness, name))
    return [name for _likeness, name in sorted(found)[:most]]


def _pieces(text: str) -> Counter[str]:
    words = _plain(text[:MOST_LETTERS]).split()
    padded = (f" {word} " for word in words)
    return Counter(word[place : place + LENGTH] for word in padded for place in range(max(1, len(word) - LENGTH + 1)))


def _plain(text: str) -> str:
    """Small letters without marks above and below them, and nothing between words but a space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    without_marks = (sign for sign in letters if not unicodedata.combining(sign))
    return "".join(sign if unicodedata.category(sign)[0] in "LN" else " " for sign in without_marks)


def _weights(pieces: Mapping[str, Counter[str]]) -> Mapping[str, Mapping[str, float]]:
    """By the name of a text: how much each of its pieces counts, so that the squares of them sum to 1."""
    stands_in = Counter(piece for counted in pieces.values() for piece in counted)
    number = len(pieces)
    weights = {}
    for name, counted in pieces.items():
        each = {piece: times * math.log1p(number / stands_in[piece]) for piece, times in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in each.values())) or 1.0
        weights[name] = {piece: weight / length for piece, weight in each.items()}
    return weights


def _cosine(some: Mapping[str, float], others: Mapping[str, float]) -> float:
    fewer, more = sorted((some, others), key=len)
    return sum(weight * more.get(piece, 0.0) for piece, weight in fewer.items())
