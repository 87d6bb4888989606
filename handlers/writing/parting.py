"""A whole text cut into parts, where its headings stand."""

import re
from itertools import pairwise

MARKED = re.compile(r"^\s{0,3}#{1,6}\s+(?=\S)")
"""As in Markdown."""
NUMBERED = re.compile(r"\s*(?:(?:\d{1,3}|[IVXLC]{1,6})[.)]\s+\S|(?:Article|Artículo|المادة)\s+\S+)")
"""As in rules and treaties: "3. Work", "IV. Data", "Article 5"."""
LONGEST_HEADING = 100


def cut_at_headings(text: str) -> tuple[str, ...]:
    """The parts, each with its heading as its first line. Where no line looks like a heading it is one part.

    Lines marked with # are headings, or where there is none, short numbered lines with an empty line before them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked = [number for number, line in enumerate(lines) if MARKED.match(line)]
    starts = marked or [number for number in range(len(lines)) if _is_numbered(lines, number)]
    cuts = [0, *(number for number in starts if number), len(lines)]
    found = ("\n".join(lines[start:end]) for start, end in pairwise(cuts))
    parts = (MARKED.sub("", part.strip(), count=1).strip() for part in found)
    return tuple(part for part in parts if part)


def _is_numbered(lines: list[str], number: int) -> bool:
    line = lines[number]
    stands_alone = number == 0 or not lines[number - 1].strip()
    return stands_alone and len(line) <= LONGEST_HEADING and NUMBERED.match(line) is not None
