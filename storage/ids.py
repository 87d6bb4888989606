"""Names of rows."""

import secrets


def fresh() -> str:
    """A name that tells nothing: 128 random bits, in hexadecimal."""
    return secrets.token_hex(16)
