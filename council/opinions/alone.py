"""The groups, found by a program of its own: it takes a matrix, gives a picture, and its memory goes when it does.

It reads a line of JSON, a `Task`, and then a byte for each person and statement; it writes the `Picture` as JSON.
"""

import resource
import sys
from importlib.util import find_spec

import msgspec
from msgspec import Struct

from council.opinions._picture import Picture

MOST_MEMORY = 2 * 1024**3
"""Bytes: whatever it is given, it takes no more."""


class Task(Struct, frozen=True):
    """What stands before the matrix."""

    people: int
    statements: int
    seed: int
    least: int
    """So many people in a square of the map are shown."""


def can_group() -> bool:
    """Whether what finds groups is installed: the extra `opinions`."""
    return find_spec("numpy") is not None


def packed(task: Task, votes: bytes) -> bytes:
    """`votes`: row by row, each 1 (agrees), 0 (passes), 255 (disagrees) or 2 (said nothing)."""
    return msgspec.json.encode(task) + b"\n" + votes


def unpacked(written: bytes) -> Picture:
    """Raises `msgspec.DecodeError`."""
    return msgspec.json.decode(written, type=Picture)


def main() -> None:
    """Needs numpy."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    import numpy as np

    from council.opinions._grouping import picture

    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    votes = np.frombuffer(sys.stdin.buffer.read(), dtype=np.int8).reshape(task.people, task.statements)
    sys.stdout.buffer.write(msgspec.json.encode(picture(votes, task.seed, task.least)))


if __name__ == "__main__":
    main()
