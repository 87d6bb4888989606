"""Text brought to one form, so that it compares equal however it was typed."""

import re
import unicodedata

_MARKS = {"Mn", "Me", "Cf"}
_SPELLINGS = str.maketrans({"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None, "œ": "oe", **dict.fromkeys("’‘ʼ", "'")})
_FINAL_HAMZA = re.compile("\u0627[\u064b-\u0652]*\u0654(?!\\w)")
"""On an alef at the end of a word. Alone it tells "ابدأ" (begin) from "أبدا" (never)."""
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)


def fold(text: str) -> str:
    """Without case, accents, invisible marks, variants of Arabic letters and apostrophes, and punctuation around it."""
    return " ".join(core(in_one_spelling(text)).split())


def in_one_spelling(text: str) -> str:
    """Without case, accents, invisible marks and variants of letters; what stands between the words is left."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    decomposed = _FINAL_HAMZA.sub("\u0627\u0621", decomposed)
    return "".join(c for c in decomposed if unicodedata.category(c) not in _MARKS).translate(_SPELLINGS)


def core(text: str) -> str:
    """From the first letter or digit to the last."""
    found = _CORE.search(text)
    return found[0] if found else ""


def in_western_digits(text: str) -> str:
    """Every digit of every script ("٣", "3️⃣", "③", "፫") as 0-9, invisible marks taken away."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(_digit(c) for c in plain if unicodedata.category(c) not in _MARKS)


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)
