"""A long text in pieces that can be read one after the other, each in a message."""

import re
from collections.abc import Iterator

ENDS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?؟։।])\s+"), re.compile(r"\s+"))
"""Where a text may be cut, the best first: between paragraphs, lines, sentences, words."""


def pieces(text: str, most: int) -> tuple[str, ...]:
    """The text in pieces of at most so many letters, none of them empty; a text without a word is one empty piece."""
    return tuple(_cut(text.strip(), most)) or ("",)


def _cut(text: str, most: int) -> Iterator[str]:
    while len(text) > most:
        end, begins = _best(text, most)
        yield text[:end].rstrip()
        text = text[begins:].lstrip()
    if text:
        yield text


def _best(text: str, most: int) -> tuple[int, int]:
    """Where a piece ends and the next begins: where it is at least half full, at the best place that there is."""
    for end in ENDS:
        found = [
            (cut.start(), cut.end()) for cut in end.finditer(text, 0, most + 1) if most // 2 <= cut.start() <= most
        ]
        if found:
            return found[-1]
    return most, most
