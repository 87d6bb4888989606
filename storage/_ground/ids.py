"""Names of rows."""

import os
from collections.abc import Sequence

SOME = 500
"""So many names stand in one statement."""


def fresh() -> str:
    """A name that tells nothing: 128 random bits, in hexadecimal."""
    return os.urandom(16).hex()


def batches(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[first : first + SOME] for first in range(0, len(names), SOME)]
