"""AMR: frames of twenty milliseconds each, one behind the other; what follows the last is cut off."""

from channels._sound.sounds import Misshapen, Sound

KIND, MAGIC = "audio/amr", b"#!AMR\n"
SIZES = {0: 12, 1: 13, 2: 15, 3: 17, 4: 19, 5: 20, 6: 26, 7: 31, 8: 5, 15: 0}
"""Bytes behind the first one of a frame, by its type (RFC 4867); other types mean nothing."""
UNUSED = 0x83
"""The bits of that first byte which are never set."""
SECONDS = 0.02


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    place, frames = len(MAGIC), 0
    while (size := _size(raw, place)) and place + size <= len(raw):
        place += size
        frames += 1
    if not frames:
        raise Misshapen
    return Sound(KIND, raw[:place], frames * SECONDS)


def _size(raw: bytes, place: int) -> int:
    """Of the frame that begins there; 0: none does."""
    if place >= len(raw) or raw[place] & UNUSED or raw[place] >> 3 & 15 not in SIZES:
        return 0
    return 1 + SIZES[raw[place] >> 3 & 15]
