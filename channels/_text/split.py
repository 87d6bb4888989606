"""Splits what is too long for one message, never inside a grapheme."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

import regex

from channels.messages import Outgoing

_GRAPHEME = regex.compile(r"\X")
_ENDS = (
    regex.compile(r"\n\s*\n\s*"),
    regex.compile(r"\n\s*"),
    regex.compile(r"[.!?:;…؟؛۔।॥።。！？][\"'»”’)]*\s+"),
    regex.compile(r"\s+"),
)
"""Where a text may end, the best kind first: paragraph, line, sentence, word."""


def parts(
    outgoing: Outgoing, fits: Callable[[Outgoing], bool], listed: Callable[[Outgoing], str]
) -> tuple[Outgoing, ...]:
    """The messages that say `outgoing`; only the last one asks. `listed` writes text and choices as one plain text."""
    if fits(outgoing):
        return (outgoing,)
    bare = replace(outgoing, choices=(), token="", several=False, if_room=())

    def in_parts(text: str) -> list[Outgoing]:
        return [replace(bare, text=part) for part in split(text, lambda t: fits(replace(bare, text=t)))]

    if not outgoing.choices:
        return tuple(in_parts(outgoing.text))
    only_choices = replace(outgoing, text="")
    if not fits(only_choices):
        return tuple(in_parts(listed(outgoing)))
    *before, last = in_parts(outgoing.text)
    asking = replace(outgoing, text=last.text)
    return (*before, asking) if fits(asking) else (*before, last, only_choices)


def split(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in parts that fit, white space where it was cut gone. What fits is also true of all that is shorter."""
    rest, done = text.strip(), []
    while rest and not fits(rest):
        cut = _cut(rest, fits)
        done.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*done, rest) if part]


def _cut(text: str, fits: Callable[[str], bool]) -> int:
    edges = [grapheme.end() for grapheme in _GRAPHEME.finditer(text)]
    room = _longest(edges, text, fits)
    if not room:
        # One grapheme that no message holds (a letter under a thousand accents): cut it, there is no other way.
        return _longest(list(range(1, len(text) + 1)), text, fits) or 1
    permitted = frozenset(edges)
    for end in _ENDS:
        # A cut in the first half would make many small messages; then the next kind of end is better.
        cuts: list[int] = [m.end() for m in end.finditer(text, 0, room) if m.end() > room // 2 and m.end() in permitted]
        if cuts:
            return cuts[-1]
    return room


def _longest(edges: list[int], text: str, fits: Callable[[str], bool]) -> int:
    count = bisect_right(edges, False, key=lambda edge: not fits(text[:edge].rstrip()))
    return edges[count - 1] if count else 0
