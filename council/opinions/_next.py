"""Which statement somebody is shown next: what tells most about the whole comes more often, and what is new."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

PRECISE = 2**64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that somebody has not seen."""

    id: str
    agrees: int = 0
    disagrees: int = 0
    passes: int = 0
    extremity: float = 0.0
    """How far apart it sets people, from the last picture of the groups; 0: there is none."""


def priority(statement: Candidate) -> float:
    """`priority-metric` of Polis' `conversation.clj`: squared, "to deepen our bias"."""
    seen = statement.agrees + statement.disagrees + statement.passes
    passed, agreed = (statement.passes + 1) / (seen + 2), (statement.agrees + 1) / (seen + 2)
    importance = (1 - passed) * (statement.extremity + 1) * agreed
    newness: float = 1 + 8 * 2 ** (seen / -5)
    return float(importance * newness) ** 2


def choose(statements: Sequence[Candidate], seed: str) -> Candidate | None:
    """One of these, drawn with the priorities as weights; None of none. The same seed draws the same one."""
    if not statements:
        return None
    in_order = sorted(statements, key=lambda statement: statement.id)
    sums = list(accumulate(map(priority, in_order)))
    drawn = int.from_bytes(sha256(seed.encode()).digest()[:8]) / PRECISE
    return in_order[min(bisect(sums, drawn * sums[-1]), len(in_order) - 1)]
