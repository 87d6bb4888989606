"""MP3: of a file with tags before, behind and between its frames only the frames are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from channels._sound.sounds import Misshapen, Sound

KIND = "audio/mpeg"
ID3 = b"ID3"
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second, by the version: 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5."""
BITRATES = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second, of MPEG 1 and of the others."""
LAYER_3 = 1
FEWEST = 3
"""Frames: fewer than these look like a frame in anything."""
MOST_ELSE = 0.5
"""The part of the file that may be something else."""


@dataclass(frozen=True, slots=True)
class Frame:
    begins: int
    ends: int
    seconds: float


def begins(raw: bytes) -> bool:
    return raw.startswith(ID3) or _frame(raw, 0) is not None


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`."""
    first = _after_tag(raw)
    frames = list(_frames(raw, first))
    content = b"".join(raw[frame.begins : frame.ends] for frame in frames)
    if len(frames) < FEWEST or len(content) < (len(raw) - first) * MOST_ELSE:
        raise Misshapen
    return Sound(KIND, content, sum(frame.seconds for frame in frames))


def _after_tag(raw: bytes) -> int:
    if not raw.startswith(ID3) or len(raw) < 10:
        return 0
    size = 0
    for byte in raw[6:10]:
        size = size << 7 | byte & 127
    return 10 + size


def _frames(raw: bytes, place: int) -> Iterator[Frame]:
    while 0 <= place < len(raw):
        frame = _frame(raw, place)
        if frame is None:
            place = raw.find(b"\xff", place + 1)
        else:
            yield frame
            place = frame.ends


def _frame(raw: bytes, place: int) -> Frame | None:
    """The whole frame that begins there; None: none does."""
    header = raw[place : place + 4]
    if len(header) < 4 or header[0] != 255 or header[1] >> 5 != 7 or header[1] >> 1 & 3 != LAYER_3:
        return None
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in RATES or rate == 3 or not 1 <= bitrate <= 14:
        return None
    is_first, hertz = version == 3, RATES[version][rate]
    size = (144 if is_first else 72) * BITRATES[is_first][bitrate - 1] * 1000 // hertz + (header[2] >> 1 & 1)
    if place + size > len(raw):
        return None
    return Frame(place, place + size, (1152 if is_first else 576) / hertz)
