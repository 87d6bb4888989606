"""In which language a text seems to be written: looked up in tables that lie here, so nobody is asked."""

from dataclasses import dataclass

import regex

from locales import languages

LEAST = 85
"""Percent of the letters that have to speak for a language before it is named."""
FEW, MORE = 12, 30
"""With fewer letters nothing is named; with fewer Latin ones none but our own: the short words of many are alike."""
NO_LETTERS = regex.compile(r"[^\p{L}\p{M}'’]+")
"""The library refuses some of these signs, and none of them speaks for a language."""
LATIN = regex.compile(r"\p{Latin}")
CODE = regex.compile(r"[a-z]{2,3}")
RENAMED = {"iw": "he", "jw": "jv", "tl": "fil", "no": "nb"}
"""Codes of the library that are written otherwise by now."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A language, and how sure it is."""

    language: str
    """Its code, which may be none of ours."""
    percent: int
    """Of the letters so many in a hundred speak for it."""


def recognised(text: str, expected: str) -> Recognised | None:
    """None where it is not sure. `expected`: the language in which its writer is written to.

    It has to be found by itself and also where the expected language is hinted at: short texts are taken for many.
    """
    plain = NO_LETTERS.sub(" ", text).strip()
    letters = len(plain) - plain.count(" ")
    if letters < FEW:
        return None
    alone, hinted = _found(plain, None), _found(plain, expected)
    if alone is None or hinted is None or alone.language != hinted.language:
        return None
    is_plausible = letters >= MORE or alone.language in languages() or not LATIN.search(plain)
    return alone if is_plausible else None


def _found(plain: str, hint: str | None) -> Recognised | None:
    # Loaded when it is first needed: most programs of ours recognise nothing.
    import pycld2

    is_sure, _bytes, details = pycld2.detect(plain, isPlainText=True, hintLanguage=hint)
    _name, code, percent, _score = details[0]
    language = RENAMED.get(code, code)
    return Recognised(language, percent) if is_sure and percent >= LEAST and CODE.fullmatch(language) else None
