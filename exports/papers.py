"""What a paper is made of, whatever the format of the file: headings, texts, quotations, lists and tables."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """By which a reader finds the way: 1 is a chapter, 2 a part of one, 3 a part of that."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    language: str = ""
    """In which it is, where that is not the paper's."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody has said, in the very words."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table under its head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Text | Quotation | Points | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language."""

    title: str
    language: str
    author: str
    blocks: Sequence[Block]
