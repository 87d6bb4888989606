"""Keeps a right-to-left text readable where Latin names, numbers and addresses stand in it."""

from unicodedata import bidirectional

import regex

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ur"})
_RIGHT_TO_LEFT_MARK, _ISOLATE, _END = "\u200f", "\u2068", "\u2069"
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
_LETTER = r"(?:[\p{Latin}\p{Greek}\p{Cyrillic}\p{Ethiopic}0-9]\p{Mn}*+)"
_WORDS = rf"[+@#]?{_LETTER}+(?:(?:[._%+\-/:@#?=&~'’,;]+\ ?|\ ){_LETTER}+)*[%/]?"
_BEGINS = r"[¿¡]|(?<=(?:^|[.!?؟:؛…«\"(])\s{0,2})"
_ASKS = r"[\ \u00a0\u202f]?[?!]+"
_RUN = regex.compile(rf"(?:{_BEGINS})(?>{_WORDS}){_ASKS}|{_WORDS}", regex.MULTILINE)
"""Latin words; with the mark that ends them where they are a whole sentence, not the end of an Arabic one."""
_LIST_NUMBER = regex.compile(r"\s*\d+[. ]")


def readable(text: str, language: str) -> str:
    """Apps take a text's direction from its first strong letter, and let numbers and Latin names drift otherwise."""
    if not _is_right_to_left(language):
        return text
    lines = "\n".join(_line(line) for line in text.split("\n"))
    return marked(lines, language)


def marked(text: str, language: str) -> str:
    """Only the mark in front, where the text would else begin left to right: enough for SMS."""
    if _is_right_to_left(language) and _first_strong(text) == "L" and not text.startswith(_RIGHT_TO_LEFT_MARK):
        return _RIGHT_TO_LEFT_MARK + text
    return text


def without_isolates(text: str) -> str:
    """Feature phones print isolates as boxes."""
    return text.translate(_ISOLATES)


def _line(line: str) -> str:
    # A line without a right-to-left letter (a web address on its own line) reads well as it is. One that
    # already has isolates was written by someone who knew.
    if not any(bidirectional(sign) in ("R", "AL") for sign in line) or without_isolates(line) != line:
        return line
    number = _LIST_NUMBER.match(line)
    start = number.end() if number else 0
    isolated: str = _RUN.sub(lambda run: _ISOLATE + run[0] + _END, line, pos=start)
    return _RIGHT_TO_LEFT_MARK + isolated if _first_strong(line) == "L" else isolated


def _first_strong(text: str) -> str:
    for sign in text:
        kind = bidirectional(sign)
        if kind in ("L", "R", "AL"):
            return kind
    return ""


def _is_right_to_left(language: str) -> bool:
    return language.lower().split("-")[0] in _RIGHT_TO_LEFT
