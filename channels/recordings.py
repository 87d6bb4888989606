"""Voice notes as we take them: of which kinds, how large and how long at most."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

LARGEST = 5 * 1024 * 1024
"""Bytes. Telegram gives a bot up to 20 MB, Twilio up to 16; five minutes of a voice note have one."""
LONGEST = timedelta(minutes=10)
"""Somebody has to listen to it."""


class SoundKind(StrEnum):
    """What a voice note may be, by what it begins with and never by what is said of it. Browsers are told this word."""

    OGG = "audio/ogg"
    """Opus, as both platforms record it."""
    MP3 = "audio/mpeg"
    MP4 = "audio/mp4"
    """What phones of Apple record."""
    AMR = "audio/amr"
    """What old phones record. No browser plays it: whoever wants to hear it has to save it."""
    WAV = "audio/wav"
    WEBM = "audio/webm"
    """What browsers record."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A voice note, and nothing beside the voice: who made it, where and with what was taken out."""

    kind: SoundKind
    sound: bytes = field(repr=False)
    length: timedelta | None
    """None: it does not say."""
