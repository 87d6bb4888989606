"""The child that looks into one voice note: it reads it, writes what is left of it, and can do nothing else."""

import resource
import sys

from channels._sound.reading import read
from channels._sound.sounds import Misshapen

ROOM = 256 * 1024 * 1024
SECONDS = 10
"""Of its processor."""
STANDARD = 3
"""Its input, its output, and what it complains to: nothing else can be opened, no file and no connection."""
NOTHING = b"-"
"""Written where it is no sound that we take."""


def main() -> None:
    confine()
    raw = sys.stdin.buffer.read()
    try:
        sound = read(raw)
    except (Misshapen, ValueError, IndexError, OverflowError):
        sys.stdout.buffer.write(NOTHING + b"\n")
        return
    seconds = "" if sound.seconds is None else f"{sound.seconds:.3f}"
    sys.stdout.buffer.write(f"{sound.kind} {seconds}\n".encode() + sound.content)


def confine() -> None:
    """From here on it may have little, and gets nowhere."""
    for what, most in (
        (resource.RLIMIT_AS, ROOM),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, STANDARD),
    ):
        resource.setrlimit(what, (most, most))
