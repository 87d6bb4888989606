"""A picture of a page with 256 colours at most, a third as large as one with all of them."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

COLOURS = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, PALETTE = 2, 3
"""Kinds of pictures, as PNG numbers them."""

Colour = tuple[int, int, int]


def reduced(png: bytes) -> bytes:
    """The same picture, as a PNG with a palette. It must be as a browser makes one: 8 bits of red, green and blue.

    Of colours that are near each other the commonest stands for all: the large faces of a page keep their very own.
    """
    width, height, pixels = _read(png)
    rows = [_colours(pixels[row * width * 3 : (row + 1) * width * 3]) for row in range(height)]
    places, palette = _palette(Counter(colour for row in rows for colour in row))
    lines = b"".join(b"\0" + bytes(map(places.__getitem__, row)) for row in rows)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)),
            _chunk(b"PLTE", bytes(part for colour in palette for part in colour)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _read(png: bytes) -> tuple[int, int, bytearray]:
    """Width, height, and the pixels one after the other, three bytes each."""
    chunks = list(_chunks(png))
    header = next(content for kind, content in chunks if kind == b"IHDR")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if (depth, kind, interlaced) != (8, RGB, 0):
        raise ValueError("no picture as a browser makes it")
    content = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    return width, height, _unfiltered(content, width * 3)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        [length] = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(content: bytes, length: int) -> bytearray:
    """Each line begins with the number of the rule by which its bytes follow from those before and above."""
    pixels = bytearray()
    above = bytearray(length)
    for start in range(0, len(content), length + 1):
        line = bytearray(content[start + 1 : start + 1 + length])
        _unfilter(content[start], line, above)
        pixels += line
        above = line
    return pixels


def _unfilter(rule: int, line: bytearray, above: bytearray) -> None:
    """Before its first pixel a line has zeros."""
    if not rule:
        return
    line[:0] = above[:0] = bytes(3)
    for at in range(3, len(line)):
        left, up, corner = line[at - 3], above[at], above[at - 3]
        guess = _nearest(left, up, corner) if rule == 4 else (0, left, up, (left + up) // 2)[rule]
        line[at] = (line[at] + guess) & 255
    del line[:3], above[:3]


def _nearest(left: int, up: int, corner: int) -> int:
    """PNG's fourth rule: whichever is nearest to left + up - corner, in this order."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _colours(line: bytearray) -> list[Colour]:
    return list(zip(line[::3], line[1::3], line[2::3], strict=True))


def _palette(counts: Counter[Colour]) -> tuple[dict[Colour, int], list[Colour]]:
    """Where each colour stands in the palette, and the palette: boxes of colours that are near each other."""
    boxes = [_box(list(counts))]
    while len(boxes) < COLOURS and boxes[0].spread:
        widest = heappop(boxes)
        for half in _halves(widest):
            heappush(boxes, _box(half))
    palette = [max(box.colours, key=lambda colour: counts[colour]) for box in boxes]
    return {colour: place for place, box in enumerate(boxes) for colour in box.colours}, palette


@dataclass(frozen=True, slots=True)
class Box:
    """The widest comes first. `axis`: on which its colours are farthest apart, by `spread`."""

    spread: int
    axis: int
    colours: list[Colour]

    def __lt__(self, other: "Box") -> bool:
        return self.spread > other.spread


def _box(colours: list[Colour]) -> Box:
    spread, axis = max((max(parts) - min(parts), axis) for axis, parts in enumerate(zip(*colours, strict=True)))
    return Box(spread, axis, colours)


def _halves(box: Box) -> tuple[list[Colour], list[Colour]]:
    ordered = sorted(box.colours, key=lambda colour: colour[box.axis])
    middle = ordered[0][box.axis] + box.spread / 2
    cut = sum(colour[box.axis] <= middle for colour in ordered)
    return ordered[:cut], ordered[cut:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
