"""What is left of a voice note when all that is not sound was taken out of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sound:
    """`seconds`: how long it is; None: it does not say."""

    kind: str
    content: bytes = field(repr=False)
    seconds: float | None


class Misshapen(Exception):
    """It is not what it begins like, or holds something else than sound."""
