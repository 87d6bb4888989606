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


Wordings = Sequence[str]
"""One text in each language in which it is there: as it was written, and as it was translated."""


def alike(texts: Mapping[str, Wordings], others: Mapping[str, Wordings], most: int) -> Sequence[str]:
    """The names of the `others` that are like any of the texts in any wording, the most alike first.

    By the cosine of how often each piece of a word stands in them, where a piece that stands in many counts little
    (tf-idf, Salton and Buckley 1988). It knows no language: across two of them it finds what was translated.
    """
    names: list[str] = []
    wordings: list[str] = []
    for name, theirs in {**texts, **others}.items():
        names += [name] * len(theirs)
        wordings += theirs
    weights = _weights([_pieces(wording) for wording in wordings])
    wanted = [weight for name, weight in zip(names, weights, strict=True) if name in texts]
    found: dict[str, float] = {}
    for name, weight in zip(names, weights, strict=True):
        likeness = 0.0 if name in texts else max((_cosine(weight, each) for each in wanted), default=0.0)
        if likeness >= LEAST:
            found[name] = max(likeness, found.get(name, 0.0))
    return sorted(found, key=lambda name: (-found[name], name))[:most]


def _pieces(text: str) -> Counter[str]:
    words = _plain(text[:MOST_LETTERS]).split()
    padded = (f" {word} " for word in words)
    return Counter(word[place : place + LENGTH] for word in padded for place in range(max(1, len(word) - LENGTH + 1)))


def _plain(text: str) -> str:
    """Small letters without marks above and below them, and nothing between words but a space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    without_marks = (sign for sign in letters if not unicodedata.combining(sign))
    return "".join(sign if unicodedata.category(sign)[0] in "LN" else " " for sign in without_marks)


def _weights(pieces: Sequence[Counter[str]]) -> Sequence[Mapping[str, float]]:
    """Of each text: how much each of its pieces counts, so that the squares of them sum to 1."""
    stands_in = Counter(piece for counted in pieces for piece in counted)
    number = len(pieces)
    weights = []
    for counted in pieces:
        each = {piece: times * math.log1p(number / stands_in[piece]) for piece, times in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in each.values())) or 1.0
        weights.append({piece: weight / length for piece, weight in each.items()})
    return weights


def _cosine(some: Mapping[str, float], others: Mapping[str, float]) -> float:
    fewer, more = sorted((some, others), key=len)
    return sum(weight * more.get(piece, 0.0) for piece, weight in fewer.items())
