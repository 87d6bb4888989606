"""Processes that do nothing but use the machine, so that what is measured has less of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NEVER_RESTS = "import os\nwhile os.getppid() > 1:\n    sum(range(100_000))\n"
"""It ends by itself when whoever began it is no more."""


@contextmanager
def busy(number: int, core: int | None = None) -> Iterator[None]:
    """So many, until the block ends; `core`: the only one that they use."""
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    begun = [subprocess.Popen([*pinned, sys.executable, "-c", NEVER_RESTS]) for _process in range(number)]
    try:
        yield
    finally:
        for process in begun:
            process.kill()
            process.wait()
