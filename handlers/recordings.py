"""Voice notes: who may hear them, and what somebody who heard one wrote down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from handlers.processes import OpenProcess
from storage import Keyring, Session, Unreadable, recordings
from storage.recordings import OpenedSound, StoredRecording, WrittenDown

__all__ = ["OpenedSound", "StoredRecording", "WrittenDown"]

LONGEST = 8000
"""Characters: ten minutes of somebody who speaks fast."""


class Why(Enum):
    """Why what was heard is not kept."""

    EMPTY = auto()
    LONG = auto()
    """It has more than `LONGEST` characters."""
    NEWER = auto()
    """Somebody else was quicker."""


class NotKept(Exception):
    """What stood there before stands there still."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True, slots=True)
class Listener:
    """Which voice notes somebody may hear."""

    languages: Collection[str] | None
    """None: all."""
    hears_masked: bool
    """Also those that say what was masked in their words."""

    def may_hear(self, recording: StoredRecording) -> bool:
        is_their_language = self.languages is None or recording.language in self.languages
        return is_their_language and (self.hears_masked or not recording.is_masked)


async def of(
    session: Session, keys: Keyring, process: OpenProcess, contributions: Collection[str], listener: Listener
) -> Mapping[str, StoredRecording]:
    """The voice notes of these contributions that they may hear, by the contribution."""
    found = await recordings.of(session, keys, process.id, contributions)
    return {name: recording for name, recording in found.items() if listener.may_hear(recording)}


async def opened(
    session: Session, keys: Keyring, process: OpenProcess, contribution: str, listener: Listener
) -> OpenedSound | None:
    """Its sound; None where it is not here, no key opens it, or it is not theirs to hear."""
    if not await of(session, keys, process, [contribution], listener):
        return None
    try:
        return await recordings.sound(session, keys, process.id, contribution)
    except Unreadable:
        return None


async def write_down(
    session: Session, keys: Keyring, process: OpenProcess, contribution: str, written: WrittenDown
) -> None:
    """Keep what somebody heard: these are words of the contribution from then on. Raises `NotKept`."""
    if not written.words:
        raise NotKept(Why.EMPTY)
    if len(written.words) > LONGEST:
        raise NotKept(Why.LONG)
    if not await recordings.write_down(session, keys, process.id, contribution, written):
        raise NotKept(Why.NEWER)
