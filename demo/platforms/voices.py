"""Voice notes as phones record them: Opus in Ogg, in which nobody says anything, with what phones write beside it."""

import struct
from collections.abc import Iterator

from channels._sound.ogg import HEAD, TAGS, Page, written

SERIAL = 7001
SILENCE = b"\xf8\xff\xfe"
"""Twenty milliseconds of it."""
A_SECOND, SAMPLES = 50, 960
"""Such pieces in a second, and samples in each."""
FIRST, LAST = 2, 4
BESIDE = ("ENCODER=a phone", "TITLE=To the review", "LOCATION=at home")


def spoken(seconds: int = 7) -> bytes:
    """One as long as that."""
    return b"".join(written(page, number) for number, page in enumerate(_pages(seconds)))


def _pages(seconds: int) -> Iterator[Page]:
    head = HEAD + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    yield Page(FIRST, 0, SERIAL, bytes([len(head)]), head)
    tags = TAGS + _text("a phone") + struct.pack("<I", len(BESIDE)) + b"".join(map(_text, BESIDE))
    yield Page(0, 0, SERIAL, bytes([len(tags)]), tags)
    for second in range(1, seconds + 1):
        flags = LAST if second == seconds else 0
        yield Page(flags, second * A_SECOND * SAMPLES, SERIAL, bytes([len(SILENCE)]) * A_SECOND, SILENCE * A_SECOND)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode()


VOICE = spoken()
