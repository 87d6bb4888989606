"""A picture for docs/ is small, and shows what the browser showed."""

import random
import struct
import zlib
from itertools import chain

import pytest

from tests.pictures.__main__ import FOLDER, LARGEST, PICTURES
from tests.pictures.palette import reduced

Row = list[int]
WIDTH, HEIGHT = 12, 10


def expected(rule: int, left: int, up: int, corner: int) -> int:
    """What a rule of PNG's expects of a byte, from those before and above it."""
    nearest = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
    return (0, left, up, (left + up) // 2, nearest)[rule]


def png(rows: list[Row], rules: list[int]) -> bytes:
    content = b""
    for row, above, rule in zip(rows, [[0] * len(rows[0]), *rows], rules, strict=False):
        before, corners = [0, 0, 0, *row], [0, 0, 0, *above]
        guesses = [expected(rule, before[at], above[at], corners[at]) for at in range(len(row))]
        content += bytes([rule, *((value - guess) % 256 for value, guess in zip(row, guesses, strict=True))])
    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(content)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in chunks
    )


def shown(png: bytes) -> list[Row]:
    """The rows of a picture with a palette."""
    palette = png[png.index(b"PLTE") + 4 : png.index(b"IDAT") - 8]
    lines = zlib.decompress(png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8])
    places = [lines[start + 1 : start + 1 + WIDTH] for start in range(0, len(lines), WIDTH + 1)]
    return [[part for place in line for part in palette[place * 3 : place * 3 + 3]] for line in places]


@pytest.mark.parametrize("seed", range(3))
def test_few_colours_are_kept_as_they_are(seed: int) -> None:
    chance = random.Random(seed)
    rows = [[chance.randrange(256) for _ in range(WIDTH * 3)] for _ in range(HEIGHT)]
    assert shown(reduced(png(rows, [row % 5 for row in range(HEIGHT)]))) == rows


def test_many_colours_become_near_ones() -> None:
    rows = [[value % 256 for at in range(WIDTH) for value in (row * 25, at * 20, row * at)] for row in range(40)]
    seen = shown(reduced(png(rows, [row % 5 for row in range(40)])))
    assert len({tuple(row[at : at + 3]) for row in seen for at in range(0, WIDTH * 3, 3)}) <= 256
    parts = zip(chain(*rows), chain(*seen), strict=True)
    assert max(abs(part - as_seen) for part, as_seen in parts) < 32


def test_docs_hold_the_pictures_that_are_taken_and_no_other() -> None:
    held = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(held) == {picture.name for picture in PICTURES}
    assert max(held.values()) <= LARGEST
