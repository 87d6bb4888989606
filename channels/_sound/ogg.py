"""Opus in Ogg (RFC 7845): its comments, which may name a person or a place, make room for empty ones."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from channels._sound.sounds import Misshapen, Sound

KIND, MAGIC = "audio/ogg", b"OggS"
HEAD, TAGS = b"OpusHead", b"OpusTags"
NO_TAGS = TAGS + struct.pack("<II", 0, 0)
PAGE = struct.Struct("<4sBBqIIIB")
"""Magic, version, flags, granule, serial, number, checksum, how many segments."""
FRAMES = ((10, 20, 40, 60), (10, 20), (2.5, 5, 10, 20))
"""Milliseconds of a frame: of speech, of both, of music."""
ARBITRARY = 3
"""The code of a packet that says how many frames it has."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the stream. `lacing`: of which pieces its body consists."""

    flags: int
    granule: int
    serial: int
    lacing: bytes = field(repr=False)
    body: bytes = field(repr=False)


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    every = list(_pages(raw))
    pages = [page for page in every if page.serial == every[0].serial] if every else []
    if not pages or not pages[0].body.startswith(HEAD) or len(pages[0].lacing) != 1:
        raise Misshapen
    audio = _after_tags(pages[1:])
    tags = Page(0, 0, pages[0].serial, bytes([len(NO_TAGS)]), NO_TAGS)
    milliseconds = sum(_milliseconds(packet) for packet in _packets(audio))
    content = b"".join(written(page, number) for number, page in enumerate([pages[0], tags, *audio]))
    return Sound(KIND, content, milliseconds / 1000)


def _pages(raw: bytes) -> Iterator[Page]:
    """Whole ones only: what follows the last of them is no part of the stream."""
    place = 0
    while place + PAGE.size <= len(raw) and raw[place : place + 4] == MAGIC:
        _magic, version, flags, granule, serial, _number, _checksum, segments = PAGE.unpack_from(raw, place)
        begins = place + PAGE.size + segments
        lacing = raw[place + PAGE.size : begins]
        place = begins + sum(lacing)
        if version or len(lacing) < segments or place > len(raw):
            return
        yield Page(flags, granule, serial, lacing, raw[begins:place])


def _after_tags(pages: Sequence[Page]) -> Sequence[Page]:
    """They end with a page of their own."""
    if not pages or not pages[0].body.startswith(TAGS):
        raise Misshapen
    for number, page in enumerate(pages, 1):
        if any(piece < 255 for piece in page.lacing):
            return pages[number:]
    raise Misshapen


def _packets(pages: Sequence[Page]) -> Iterator[bytes]:
    """The first two bytes of each: they say how long it sounds."""
    begun = b""
    is_new = True
    for page in pages:
        place = 0
        for piece in page.lacing:
            begun = (page.body[place : place + 2] if is_new else begun)[:2]
            place += piece
            is_new = piece < 255
            if is_new:
                yield begun


def _milliseconds(packet: bytes) -> float:
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    frame = FRAMES[0 if configuration < 12 else 1 if configuration < 16 else 2]
    frames = (packet[1] & 63 if len(packet) > 1 else 0) if code == ARBITRARY else 2 if code else 1
    return frames * frame[configuration % len(frame)]


def written(page: Page, number: int) -> bytes:
    """With its number in the stream, and the checksum that it has now."""
    flags, granule, segments = page.flags, page.granule, len(page.lacing)
    header = PAGE.pack(MAGIC, 0, flags, granule, page.serial, number, 0, segments)
    checksum = _checksum(header + page.lacing + page.body)
    return header[:22] + struct.pack("<I", checksum) + header[26:] + page.lacing + page.body


def _table() -> tuple[int, ...]:
    values = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        values.append(value & 0xFFFFFFFF)
    return tuple(values)


TABLE = _table()


def _checksum(page: bytes) -> int:
    """That of Ogg: unlike zlib's it goes from the highest bit, from nothing."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ TABLE[(value >> 24) ^ byte]
    return value
