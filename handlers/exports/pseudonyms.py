"""What people are called in one file: by it nobody is found in another file, in the records, or by us."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

DIGITS = 12
"""Of 16: among a million people two share a name once in five hundred files."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Of one file. The key is random, and is gone with this value: nothing keeps it."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, person: str) -> str:
        return self._digest(f"person|{person}")[:DIGITS]

    def shuffled(self, names: Iterable[str]) -> list[str]:
        """In an order of this file's own: rows of two files cannot be laid side by side."""
        return sorted(names, key=lambda name: self._digest(f"row|{name}"))

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()
