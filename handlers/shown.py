"""What people wrote, safe to show."""

from unicodedata import category

JOINERS = "\u200c\u200d"
"""Persian and the languages of India are misread without them, and they hide nothing."""


def visible(words: str) -> str:
    """Somebody's words, in which no sign can hide, turn the others around or give a terminal orders."""
    return "".join("␦" if category(sign) in ("Cc", "Cf") and sign not in "\n\t" + JOINERS else sign for sign in words)
