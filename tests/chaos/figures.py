"""What a campaign has counted, as one line of a table, and whether what was promised holds."""

from dataclasses import dataclass, field
from datetime import timedelta

HEAD = (
    f"{'campaign':<34}{'faults':>8}{'deliveries':>11}{'lost':>6}{'twice':>6}{'unknown':>8}{'in flight':>10}{'pause':>8}"
)


@dataclass
class Figures:
    """`faults`: kills, restarts, refusals, whatever the campaign does. `in_flight`: at the faults, all together.

    `pause`: the longest time that passed after a fault until something was sent again.
    """

    name: str
    faults: int = 0
    deliveries: int = 0
    lost: int = 0
    twice: int = 0
    unknown: int = 0
    in_flight: int = 0
    pauses: list[timedelta] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def must(self, holds: bool, what: str) -> None:
        """`what` should hold. That it does not is said with the line, once."""
        if not holds and what not in self.broken:
            self.broken.append(what)

    def paused(self, seconds: float) -> None:
        self.pauses.append(timedelta(seconds=seconds))

    @property
    def pause(self) -> timedelta:
        return max(self.pauses, default=timedelta(0))

    def nothing_lost_or_twice(self) -> None:
        self.must(self.deliveries > 0, "something was sent")
        self.must(self.lost == 0, "nothing is lost")
        self.must(self.twice == 0, "nobody gets anything twice")

    def __str__(self) -> str:
        counts = f"{self.faults:>8}{self.deliveries:>11}{self.lost:>6}{self.twice:>6}{self.unknown:>8}"
        line = f"{self.name:<34}{counts}{self.in_flight:>10}{self.pause.total_seconds():>7.1f}s"
        notes = [f"  {note}" for note in self.notes] + [f"  BROKEN: {what}" for what in self.broken]
        return "\n".join([line, *notes])
