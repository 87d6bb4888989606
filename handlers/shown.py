"""What people wrote, safe to show."""

import re
from unicodedata import category

JOINERS = "\u200c\u200d"
"""Persian and the languages of India are misread without them, and they hide nothing."""
MARKS = re.compile("([\u200e\u200f\u2066-\u2069]+)")
"""Of direction, as senders put them into what leaves. They reach no further than the line that they stand in."""


def visible(words: str) -> str:
    """Somebody's words, in which no sign can hide, turn the others around or give a terminal orders."""
    return "".join("␦" if category(sign) in ("Cc", "Cf") and sign not in "\n\t" + JOINERS else sign for sign in words)


def on_phones(message: str) -> str:
    """The same for a whole message by itself, to be read in the order in which phones show it."""
    return "".join(part if MARKS.fullmatch(part) else visible(part) for part in MARKS.split(message))
