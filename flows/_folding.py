"""Text brought to one form, so that it compares equal however it was typed."""

import re
import unicodedata

_MARKS = {"Mn", "Me", "Cf"}
_ARABIC = str.maketrans({"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None})
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def fold(text: str) -> str:
    """Without case, accents, invisible marks, spelling variants of Arabic, and punctuation around it."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in _MARKS)
    return " ".join(_EDGES.sub("", bare.translate(_ARABIC)).split())


def in_western_digits(text: str) -> str:
    """Every digit of every script ("٣", "3️⃣", "③", "፫") as 0-9, invisible marks taken away."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(_digit(c) for c in plain if unicodedata.category(c) not in _MARKS)


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)
