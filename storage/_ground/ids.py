"""Names of rows."""

import os


def fresh() -> str:
    """A name that tells nothing: 128 random bits, in hexadecimal."""
    return os.urandom(16).hex()
