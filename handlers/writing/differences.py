"""What has changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

WORD = re.compile(r"\s+|[^\s]+")
MANY = 500
"""Of so many words on, those that come often are no longer compared: that would take too long."""


class SpanKind(StrEnum):
    """What became of a part of a text."""

    KEPT = "kept"
    """It stands in both."""
    REMOVED = "removed"
    """It stands in the old one only."""
    ADDED = "added"
    """It stands in the new one only."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, and what became of it."""

    kind: SpanKind
    text: str = field(repr=False)


def difference(old: str, new: str) -> tuple[Span, ...]:
    """Both texts in one: what was kept and removed is the old one, what was kept and added the new one."""
    return tuple(span for span in _spans(WORD.findall(old), WORD.findall(new)) if span.text)


@dataclass(frozen=True, slots=True)
class Change:
    """What stood at one place and what stands there now; "" for nothing."""

    removed: str = field(repr=False)
    added: str = field(repr=False)


def changes(old: str, new: str) -> tuple[Change, ...]:
    """The places at which two texts differ, to be told in words: one place is what no word that stayed lies between."""
    found, removed, added = list[Change](), "", ""
    for span in (*difference(old, new), Span(SpanKind.KEPT, ".")):
        is_kept = span.kind is SpanKind.KEPT
        if is_kept and span.text.strip():
            if removed.strip() or added.strip():
                found.append(Change(removed.strip(), added.strip()))
            removed = added = ""
            continue
        removed += span.text if is_kept or span.kind is SpanKind.REMOVED else ""
        added += span.text if is_kept or span.kind is SpanKind.ADDED else ""
    return tuple(found)


def _spans(old: list[str], new: list[str]) -> Iterator[Span]:
    compared = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) >= MANY)
    for what, start, end, new_start, new_end in compared.get_opcodes():
        if what == "equal":
            yield Span(SpanKind.KEPT, "".join(old[start:end]))
        else:
            yield Span(SpanKind.REMOVED, "".join(old[start:end]))
            yield Span(SpanKind.ADDED, "".join(new[new_start:new_end]))
