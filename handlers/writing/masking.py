"""What is personal in somebody's words is masked, and nothing else in them is changed."""

import re
from enum import StrEnum

MASK = "▇▇▇"
"""Stands for whatever was masked, however long that is."""
MARKED = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
"""What staff put into double brackets is to be masked."""
OTHER_MASKS = re.compile(r"▇+|\*{3,}")
"""What they may put in place of it themselves."""
SHORTEST = 3
"""Letters: what is shorter stands in other words by chance."""


class Why(StrEnum):
    """Why this is not kept as what all get to see."""

    NOTHING = "nothing"
    """Nothing in it is masked."""
    CHANGED = "changed"
    """More was changed than is masked."""


class NotMasked(Exception):
    """What was written cannot take the place of somebody's words."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def masked(words: str, copy: str) -> str:
    """The words with a mask wherever the copy of them has one, and wherever else the same stands. Raises `NotMasked`.

    The words may have masks in them already.
    """
    result = OTHER_MASKS.sub(MASK, MARKED.sub(MASK, copy))
    if MASK not in result or result == words:
        raise NotMasked(Why.NOTHING)
    if not _covers(words, result):
        raise NotMasked(Why.CHANGED)
    for marked in sorted({span.strip() for span in MARKED.findall(copy)}, key=len, reverse=True):
        result = _everywhere(marked, result)
    return result


def as_typed(words: str) -> str:
    """The words as a form gives them back to which they were given."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or (ord(sign) >= 32 and ord(sign) != 127))


def _covers(words: str, result: str) -> bool:
    """Whether the result is the words, but for one or more signs behind each mask."""
    first, *between, last = result.split(MASK)
    if not words.startswith(first):
        return False
    place = len(first)
    for part in between:
        place = words.find(part, place + 1)
        if place < 0:
            return False
        place += len(part)
    return words.endswith(last) and len(words) - len(last) > place


def _everywhere(marked: str, result: str) -> str:
    """Who is named twice is masked twice."""
    if len(marked) < SHORTEST:
        return result
    return re.sub(rf"(?<!\w){re.escape(marked)}(?!\w)", MASK, result, flags=re.IGNORECASE)
