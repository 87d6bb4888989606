"""WAV: of all that a file may hold its format and its samples are kept."""

import struct
from collections.abc import Iterator

from channels._sound.sounds import Misshapen, Sound

KIND = "audio/wav"
FORMAT, SAMPLES = b"fmt ", b"data"


def begins(raw: bytes) -> bool:
    return raw.startswith(b"RIFF") and raw[8:12] == b"WAVE"


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    chunks = dict(_chunks(raw))
    form, samples = chunks.get(FORMAT, b""), chunks.get(SAMPLES, b"")
    if len(form) < 16 or not samples:
        raise Misshapen
    [a_second] = struct.unpack_from("<I", form, 8)
    if not a_second:
        raise Misshapen
    content = b"WAVE" + _chunk(FORMAT, form) + _chunk(SAMPLES, samples)
    return Sound(KIND, b"RIFF" + struct.pack("<I", len(content)) + content, len(samples) / a_second)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The last of each name. One that was cut short has what is there of it."""
    place = 12
    while place + 8 <= len(raw):
        name, size = struct.unpack_from("<4sI", raw, place)
        yield name, raw[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
