"""Voice notes of every kind, each with something beside the voice that tells of whoever speaks."""

import struct
from collections.abc import Mapping

SECRET = b"Amina, at home, 36.80N 10.18E"
MADE = 0xDEADBEEF
"""When it was made, as MP4 says it."""


def mp3(seconds: float = 3.0) -> bytes:
    tag = (
        b"ID3\x04\0\0"
        + bytes([0, 0, 0, len(SECRET) + 10])
        + b"TIT2"
        + struct.pack(">I", len(SECRET))
        + b"\0\0"
        + SECRET
    )
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    frames = round(seconds * 44100 / 1152)
    return (
        tag + frame * (frames // 2) + b"APETAGEX" + SECRET + frame * (frames - frames // 2) + b"TAG" + SECRET.ljust(125)
    )


def wav(seconds: int = 2) -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    chunks = _chunk(b"fmt ", form) + _chunk(b"LIST", b"INFOIART" + SECRET) + _chunk(b"data", b"\x80" * 8000 * seconds)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks + SECRET


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def amr(seconds: float = 2.0) -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * round(seconds * 50) + b"\xff" + SECRET


def mp4(seconds: int = 4, handler: bytes = b"soun") -> bytes:
    mvhd = _box(b"mvhd", struct.pack(">IIIII", 0, MADE, MADE, 1000, 1000 * seconds) + bytes(80))
    tkhd = _box(b"tkhd", struct.pack(">III", 7, MADE, MADE) + bytes(72))
    mdhd = _box(b"mdhd", struct.pack(">IIIII", 0, MADE, MADE, 8000, 8000 * seconds) + bytes(4))
    hdlr = _box(b"hdlr", bytes(8) + handler + bytes(12) + SECRET + b"\0")
    udta = _box(b"udta", _box(b"\xa9xyz", SECRET) + _box(b"meta", bytes(4) + _box(b"ilst", SECRET)))
    stbl = _box(b"stbl", _box(b"stsd", bytes(8)) + _box(b"stco", struct.pack(">III", 0, 1, 40)))
    trak = _box(b"trak", tkhd + _box(b"mdia", mdhd + hdlr + _box(b"minf", stbl)) + udta)
    moov = _box(b"moov", mvhd + trak + udta)
    return _box(b"ftyp", b"M4A \0\0\0\0") + _box(b"mdat", b"\x5a" * 400) + moov + _box(b"uuid", SECRET)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def webm(milliseconds: int = 5000, track: int = 2, sized: bool = True, document: bytes = b"webm") -> bytes:
    head = _element(0x1A45DFA3, _element(0x4282, document))
    duration = struct.pack(">d", milliseconds)
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(4)) + _element(0x7BA9, SECRET)
                    + _element(0x4461, bytes(8)) + _element(0x4489, duration))  # fmt: skip
    tracks = _element(0x1654AE6B, _element(0xAE, _element(0xD7, b"\1") + _element(0x83, bytes([track]))
                                           + _element(0x86, b"A_OPUS") + _element(0x536E, SECRET)))  # fmt: skip
    cluster = _element(0x1F43B675, _element(0xE7, b"\0") + _element(0xA3, b"\x81\0\0\x80" + bytes(20)), sized)
    tags = _element(0x1254C367, SECRET)
    return head + _element(0x18538067, info + tracks + tags + cluster, sized)


def _element(name: int, content: bytes, sized: bool = True) -> bytes:
    size = (len(content) | 1 << 28).to_bytes(4) if sized else b"\x01\xff\xff\xff\xff\xff\xff\xff"
    return name.to_bytes((name.bit_length() + 7) // 8) + size + content


NONE: Mapping[str, bytes] = {
    "nothing": b"",
    "a page": b"<!doctype html><script>hostile()</script>",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "another picture": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(64),
    "a program": b"\x7fELF" + bytes(64),
    "a parcel": b"PK\3\4" + bytes(64),
    "words": b"Somebody says that this is a voice note.",
    "a page that begins like Ogg": b"OggS<script>hostile()</script>",
    "a page behind a tag": b"ID3\x04\0\0\0\0\0\x05hello<script>hostile()</script>",
    "a film": mp4(handler=b"vide"),
    "another film": webm(track=1),
    "what is no WebM": webm(document=b"matroska"),
    "an MP4 without a track": b"\0\0\0\x10ftypM4A \0\0\0\0",
    "an MP4 whose box is larger than it": b"\0\0\0\x10ftypM4A \0\0\0\0\x7f\xff\xff\xffmoov",
    "an MP4 whose box has no room for itself": b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x01moov\0\0\0\0\0\0\0\0",
    "a WAV without samples": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(16),
    "an AMR without frames": b"#!AMR\n",
    "a WebM that is cut short": webm()[:40],
}
"""What is no voice note, whatever is said of it."""
