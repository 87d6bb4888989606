"""When a platform is out of order: too many of its last answers were failures of its own."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

PROOF = timedelta(minutes=2)
"""How long a platform that reports may take to say that the message which tried has failed after all. Reports of a
closed account came within seconds; a platform that says nothing for so long has not refused it."""
LAST = 20
"""How many answers are looked at."""
TOO_MANY = 10


@dataclass(frozen=True, slots=True)
class Broke:
    """The platform refuses us as a whole, or is out of order itself."""

    code: str


@dataclass(frozen=True, slots=True)
class Took:
    """Out of order until now, and it took this message."""

    delivery: str


@dataclass(slots=True)
class Circuit:
    """What a sender remembers of its platform's last answers."""

    answers: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST))

    def answered(self, failed: bool) -> bool:
        """Whether with this answer the platform counts as out of order. Then it starts with a clean slate."""
        self.answers.append(failed)
        breaks = failed and len(self.answers) == LAST and sum(self.answers) >= TOO_MANY
        if breaks:
            self.answers.clear()
        return breaks
