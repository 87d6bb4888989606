"""What spreadsheets are handed, whatever the format of the file: tables, whose rows come a batch at a time."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from babel import Locale

from exports.units import is_control

Cell = str | int
"""A number stays one; a text is never anything but a text."""
LIVE = "=+-@"
"""What begins with one of these is reckoned by a spreadsheet as soon as it can."""
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    tag: str = ""
    """What it holds, as the Humanitarian Exchange Language says it; "" where that has no word for it."""
    width: int = 16
    """About how many letters wide it is shown, where the format knows of that."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, without its rows."""

    name: str
    """Of a file, in plain letters."""
    title: str
    """For its readers."""
    columns: tuple[Column, ...]
    is_tagged: bool = False
    """Under its head stands a row of tags."""


class Book(Protocol):
    """A file that is being written. It lies in a folder that nobody else can look into."""

    def begin(self, table: Table) -> None:
        """The rows that come from now on are this table's."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None: ...

    def close(self) -> Path:
        """Where the whole file is now."""


def clean(text: str, longest: int | None = None) -> str:
    """Without what no file can hold, and no longer than a cell may be."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character for character in lines if not is_control(character) and character not in "\ufffe\uffff")
    return kept if longest is None or len(kept) <= longest else kept[: longest - 1] + ELLIPSIS


def is_live(text: str) -> bool:
    """Whether a spreadsheet might take it for a formula: by its first sign that can be seen, wide forms included."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    seen = (character for character in text if not character.isspace() and unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", next(seen, ""))[:1] in tuple(LIVE)


def runs_right_to_left(language: str) -> bool:
    """Whether this language is written from the right."""
    return Locale.parse(language.replace("-", "_")).text_direction == "rtl"
