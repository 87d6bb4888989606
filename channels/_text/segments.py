"""Counts the segments that an SMS is paid by.

Checked against github.com/twilio/message-segment-calculator: it keeps a grapheme within one segment, as this does.
"""

import regex

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
_ALL_OF_GSM = _GSM | _GSM_EXTENSION
_GRAPHEME = regex.compile(r"\X")


def segments(text: str) -> int:
    """GSM-7: 160 septets alone, 153 in a row of segments. UCS-2: 70 and 67 UTF-16 units."""
    if is_gsm(text):
        return _fill([2 if sign in _GSM_EXTENSION else 1 for sign in text], alone=160, in_a_row=153)
    sizes = [size for grapheme in _GRAPHEME.findall(text) for size in _units(grapheme)]
    return _fill(sizes, alone=70, in_a_row=67)


def is_gsm(text: str) -> bool:
    return _ALL_OF_GSM.issuperset(text)


def utf16(text: str) -> int:
    """Telegram, Twilio and SMS count these units, not characters: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _units(grapheme: str) -> list[int]:
    if len(grapheme) == 1 and grapheme <= "\uffff":
        return [1]
    size = utf16(grapheme)
    return [size] if size <= 67 else [utf16(sign) for sign in grapheme]


def _fill(sizes: list[int], alone: int, in_a_row: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, room = 1, in_a_row
    for size in sizes:
        if size > room:
            count, room = count + 1, in_a_row
        room -= size
    return count
