"""MP4 (M4A): what tells of people, places and days is overwritten where it stands, so that nothing has to be moved."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels._sound.sounds import Misshapen, Sound

KIND, MAGIC = "audio/mp4", b"ftyp"
CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf"})
KEPT = CONTAINERS | frozenset({
    b"ftyp", b"mdat", b"styp", b"sidx", b"mfhd", b"tfhd", b"tfdt", b"trun",
    b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"elst", b"smhd", b"dref", b"mehd", b"trex",
    b"stsd", b"stts", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"ctts", b"sgpd", b"sbgp",
})  # fmt: skip
"""Everything else becomes empty room, whatever it is: comments, places, names, pictures, what nobody knows."""
WITH_MOMENTS = frozenset({b"mvhd", b"tkhd", b"mdhd"})
"""They say when it was made."""
SOUND = b"soun"
MOST_BOXES, DEEPEST = 5000, 8


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box stands; `inside` is where what it holds begins."""

    name: bytes
    begins: int
    inside: int
    ends: int


@dataclass(slots=True)
class Found:
    """What was found on the way."""

    handlers: list[bytes] = field(default_factory=list)
    seconds: float | None = None
    boxes: int = 0


def begins(raw: bytes) -> bool:
    return raw[4:8] == MAGIC


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    content, found = bytearray(raw), Found()
    _clean(content, 0, len(content), found, 0)
    if not found.handlers or any(handler != SOUND for handler in found.handlers):
        raise Misshapen
    return Sound(KIND, bytes(content), found.seconds)


def _clean(content: bytearray, place: int, end: int, found: Found, depth: int) -> None:
    for box in _boxes(content, place, end):
        found.boxes += 1
        if found.boxes > MOST_BOXES or depth > DEEPEST:
            raise Misshapen
        if box.name not in KEPT:
            _empty(content, box)
        elif box.name in CONTAINERS:
            _clean(content, box.inside, box.ends, found, depth + 1)
        else:
            _look(content, box, found)


def _boxes(content: bytearray, place: int, end: int) -> Iterator[Box]:
    while place + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, place)
        inside = place + 8
        if size == 1 and inside + 8 <= end:
            [size] = struct.unpack_from(">Q", content, inside)
            inside += 8
        ends = place + size if size else end
        if ends < inside or ends > end:
            raise Misshapen
        yield Box(name, place, inside, ends)
        place = ends


def _empty(content: bytearray, box: Box) -> None:
    content[box.begins + 4 : box.begins + 8] = b"free"
    content[box.inside : box.ends] = bytes(box.ends - box.inside)


def _look(content: bytearray, box: Box, found: Found) -> None:
    if box.name == b"hdlr":
        found.handlers.append(bytes(content[box.inside + 8 : box.inside + 12]))
        named = min(box.inside + 24, box.ends)
        content[named : box.ends] = bytes(box.ends - named)
    if box.name in WITH_MOMENTS:
        _take_out_moments(content, box, found)


def _take_out_moments(content: bytearray, box: Box, found: Found) -> None:
    """When it was made and changed; that of the whole file says how long it is, too."""
    long = box.inside < box.ends and content[box.inside] == 1
    moments, length = (16, struct.Struct(">IQ")) if long else (8, struct.Struct(">II"))
    behind = box.inside + 4 + moments
    if behind + length.size > box.ends:
        raise Misshapen
    content[box.inside + 4 : behind] = bytes(moments)
    if box.name == b"mvhd":
        scale, duration = length.unpack_from(content, behind)
        found.seconds = duration / scale if scale and duration else None
