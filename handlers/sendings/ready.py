"""What would leave as it is now: all that decides who is told what, so that two can agree to exactly that."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """Something that can leave."""

    hash: str
    """The SHA-256, in hexadecimal, of all that decides who is told what, and when."""
    writers: Collection[str]
    """Who of the staff wrote any of it: another one has to approve it."""


def digest(parts: Mapping[str, object]) -> str:
    """The same for the same parts, in whatever order they are named."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
