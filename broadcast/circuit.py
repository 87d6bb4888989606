"""When a platform is out of order: too many of its last answers were failures of its own."""

from collections import deque
from dataclasses import dataclass, field

LAST = 20
"""How many answers are looked at."""
TOO_MANY = 10


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
