"""A short list to choose from, of lines that are longer than a button."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels.messages import Choice
from flows._engine.facts import Facts
from flows._texts.shorts import LONGEST, cut, length


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands for one thing in the list."""

    value: str
    name: str = field(repr=False)
    """What it is called."""
    line: str = field(repr=False)
    """A sentence that says more of it."""


def listed(facts: Facts, entries: Sequence[Entry], question: str) -> tuple[str, tuple[Choice, ...]]:
    """The text and the choices: each line is said once, beside its number where it is paid by length, else above."""
    if facts.costs_by_length:
        return question, tuple(Choice(entry.value, entry.line) for entry in entries)
    lines = "\n".join(entry.line for entry in entries)
    names = _apart(entry.name for entry in entries)
    return f"{lines}\n{question}", tuple(Choice(entry.value, name) for entry, name in zip(entries, names, strict=True))


def _apart(names: Iterable[str]) -> list[str]:
    """Short enough for a list on WhatsApp, and no two alike."""
    found: list[str] = []
    for name in names:
        short, number = cut(name, LONGEST), 1
        while short in found:
            number += 1
            short = f"{cut(name, LONGEST - length(f' {number}'))} {number}"
        found.append(short)
    return found
