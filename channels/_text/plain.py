"""Makes a text plain enough for SMS: one curly quote would more than halve what a segment holds."""

from collections.abc import Iterable
from unicodedata import category, normalize

import regex

from channels._text.bidi import without_isolates
from channels._text.segments import is_gsm, segments

_NO_BREAK = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼʻ′`´", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("•·∙‣▪", "-"),
        **dict.fromkeys("\u2002\u2003\u2009\u200a", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e", ""),
        "…": "...",
        "\t": " ",
    }
)
_LETTERS = {"œ": "oe", "Œ": "OE", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
"""Those that Unicode does not take apart."""
_GUILLEMETS = regex.compile(r"«\s*|\s*»")
_FLAG = r"[\U0001F1E6-\U0001F1FF]{2}"
_PICTURE = r"\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u200d\U000E0020-\U000E007F]*"
_EMOJI = regex.compile(rf"(?:{_FLAG}|{_PICTURE})+\ ?")
_SPACE_AT_END = regex.compile(r"\ +$", regex.MULTILINE)
_KEYCAP = regex.compile(r"\ufe0f?\u20e3")


def plain(text: str, without_accents: bool = False) -> str:
    """The text that fits GSM-7 if plainer signs and no emoji are enough for that; else as it was written.

    `without_accents`: also if plainer letters are enough, and save a segment.
    Never with no-break spaces: feature phones print the narrow one as a box.
    """
    written = normalize("NFC", without_isolates(text).replace("\r\n", "\n")).translate(_NO_BREAK)
    candidates = (_simple(written), _without_emoji(written))
    if found := _first_gsm(candidates):
        return found
    found = _first_gsm(map(_unaccented, candidates)) if without_accents else ""
    return found if found and segments(found) < segments(written) else written


def _first_gsm(candidates: Iterable[str]) -> str:
    return next((candidate for candidate in candidates if candidate and is_gsm(candidate)), "")


def _simple(text: str) -> str:
    quoted: str = _GUILLEMETS.sub('"', text)
    return quoted.translate(_PUNCTUATION)


def _without_emoji(text: str) -> str:
    bare: str = _SPACE_AT_END.sub("", _EMOJI.sub("", _KEYCAP.sub("", text)))
    return _simple(bare).strip()


def _unaccented(text: str) -> str:
    """Only what GSM-7 lacks changes: ê and ç do, é and ñ do not."""
    return "".join(sign if is_gsm(sign) else _letter(sign) for sign in text)


def _letter(sign: str) -> str:
    if sign in _LETTERS:
        return _LETTERS[sign]
    return "".join(part for part in normalize("NFKD", sign) if category(part) != "Mn")
