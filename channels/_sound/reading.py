"""Which kind of voice note it is, by what it begins with, and what is left of it."""

from collections.abc import Callable

from channels._sound import amr, mp3, mp4, ogg, wav, webm
from channels._sound.sounds import Misshapen, Sound

READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Sound]], ...] = (
    (lambda raw: raw.startswith(ogg.MAGIC), ogg.read),
    (mp4.begins, mp4.read),
    (lambda raw: raw.startswith(amr.MAGIC), amr.read),
    (wav.begins, wav.read),
    (lambda raw: raw.startswith(webm.MAGIC), webm.read),
    (mp3.begins, mp3.read),
)
"""By what each begins with: MP3 last, for nearly anything can begin like it."""


def read(raw: bytes) -> Sound:
    """Raises `Misshapen`, or whatever a hostile file makes a reader stumble over."""
    for begins, reader in READERS:
        if begins(raw):
            return reader(raw)
    raise Misshapen
