"""WebM: tags, attachments, titles and days become empty room; a file with a picture in it is refused."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from channels._sound.sounds import Misshapen, Sound

KIND, MAGIC = "audio/webm", b"\x1a\x45\xdf\xa3"


class Id(IntEnum):
    """Elements that say something of what is heard, or hold others."""

    HEAD = 0x1A45DFA3
    DOCUMENT = 0x4282
    SEGMENT = 0x18538067
    INFO = 0x1549A966
    SCALE = 0x2AD7B1
    DURATION = 0x4489
    TRACKS = 0x1654AE6B
    TRACK = 0xAE
    KIND_OF_TRACK = 0x83
    CLUSTER = 0x1F43B675
    AT = 0xE7


OPENED = frozenset({Id.HEAD, Id.SEGMENT, Id.CLUSTER, Id.INFO, Id.TRACKS, Id.TRACK})
"""What stands in these is looked at, too. The end of some is nowhere written: they go on until something else comes."""
KEPT = frozenset(Id) | frozenset({
    0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4287, 0x4285,  # of the file
    0x114D9B74, 0x1C53BB6B,  # where in it something stands
    0xD7, 0x73C5, 0xB9, 0x88, 0x55AA, 0x9C, 0x86, 0x63A2, 0x56AA, 0x56BB, 0xE1, 0x23E383,  # of a track
    0xA7, 0xAB, 0xA3, 0xA0,  # of a cluster
})  # fmt: skip
"""Everything else becomes empty room, whatever it is."""
VOID = 0xEC
AUDIO = 2
MOST_ELEMENTS = 200_000


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands; `inside` is where what it holds begins. `ends` None: nobody knows."""

    name: int
    begins: int
    inside: int
    ends: int | None


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    content = bytearray(raw)
    tracks, document, scale, duration, last = [], b"", 1_000_000, 0.0, 0
    for element in _elements(raw):
        ends = element.inside if element.ends is None else element.ends
        holds = raw[element.inside : ends]
        if element.name not in KEPT:
            _empty(content, element.begins, ends)
        match element.name:
            case Id.DOCUMENT:
                document = holds.rstrip(b"\0")
            case Id.KIND_OF_TRACK:
                tracks.append(int.from_bytes(holds))
            case Id.SCALE:
                scale = int.from_bytes(holds[:8])
            case Id.DURATION if len(holds) in (4, 8):
                [duration] = struct.unpack(">f" if len(holds) == 4 else ">d", holds)
            case Id.AT:
                last = max(last, int.from_bytes(holds[:8]))
    if document != b"webm" or not tracks or any(track != AUDIO for track in tracks):
        raise Misshapen
    seconds = max(duration, last) * scale / 1e9
    return Sound(KIND, bytes(content), seconds if 0 < seconds < float("inf") else None)


def _elements(raw: bytes) -> Iterator[Element]:
    place = 0
    for _number in range(MOST_ELEMENTS):
        if place >= len(raw):
            return
        name, behind = _number_at(raw, place, marked=True)
        size, inside = _number_at(raw, behind, marked=False)
        unknown = size == (1 << 7 * (inside - behind)) - 1
        ends = None if unknown else inside + size
        if unknown and name not in OPENED:
            raise Misshapen
        if ends is not None and ends > len(raw):
            # A recording that was cut short: what is there of its last piece is none.
            if name not in OPENED:
                raise Misshapen
            ends = None
        yield Element(name, place, inside, ends)
        place = inside if name in OPENED or ends is None else ends
    raise Misshapen


def _number_at(raw: bytes, place: int, marked: bool) -> tuple[int, int]:
    """A number whose first bit that is set says how long it is, and where it ends. `marked`: with that bit."""
    first = raw[place] if place < len(raw) else 0
    length = 9 - first.bit_length()
    if length > (4 if marked else 8) or place + length > len(raw):
        raise Misshapen
    number = int.from_bytes(raw[place : place + length])
    return number if marked else number & ((1 << 7 * length) - 1), place + length


def _empty(content: bytearray, begins: int, ends: int) -> None:
    size = ends - begins
    if size < 2:
        raise Misshapen
    head = bytes([VOID, 0x80 | size - 2]) if size < 10 else bytes([VOID, 1]) + (size - 9).to_bytes(7)
    content[begins:ends] = head + bytes(size - len(head))
