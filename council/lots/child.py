"""The child that draws: it reads what to draw from, says how far it is, writes what came of it, and has its limits."""

import os
import resource
import sys
from typing import NoReturn

import msgspec

from council.lots import repeat, unpacked

ROOM = 4 * 1024**3
"""Bytes of addresses, most of which the libraries only reserve."""
SECONDS = 4 * 3600
"""Of its processor."""


def main() -> NoReturn:
    confine()
    results = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # What a library prints is no result.
    outcome = repeat(unpacked(sys.stdin.buffer.read()), lambda progress: tell(results.fileno(), progress))
    results.write(msgspec.json.encode(outcome) + b"\n")
    os._exit(0)


def tell(results: int, progress: int) -> None:
    """The library goes on whatever is raised here: where nobody listens any more, the child ends itself."""
    try:
        os.write(results, b"%d\n" % progress)
    except OSError:
        os._exit(1)


def confine() -> None:
    """It works on what people told, and needs no file and nobody."""
    for what, most in (
        (resource.RLIMIT_AS, ROOM),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
