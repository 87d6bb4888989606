"""What is settled of one vote beside its rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

POINTS = 10
"""To share out, where nothing else is settled."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the organizers settle of a vote."""

    quorum: int = 0
    """How many of 100 on the roll have to take part, or nothing is adopted; 0: it does not matter."""
    elects: int = 1
    """How many are chosen."""
    points: int = POINTS
    """How many points each voter shares out."""
    budget: int = 0
    """The sum that is shared out, in whole units of a currency; 0: none is."""
    costs: Mapping[str, int] = field(default_factory=dict, hash=False)
    """What each matter costs, in the same units; {}: that is not settled."""


USUAL = Terms()
