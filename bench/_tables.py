"""Medians of runs that took turns, and the tables that show them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each is measured, and whether a first look is enough."""

    runs: int
    short: bool

    def of(self, whole: float, short: float) -> float:
        return short if self.short else whole


@dataclass(frozen=True, slots=True)
class Burst:
    """What was done in one go, how long it took, and what it cost the process that did it."""

    done: int
    seconds: float
    cpu: float
    """Seconds of CPU, of all threads of that one process."""

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of CPU for each thing done."""
        return self.cpu / self.done * 1e6


Runs = Sequence[Burst]


def rate(runs: Runs) -> str:
    return f"{median(run.rate for run in runs):,.0f}"


def cost(runs: Runs) -> str:
    return f"{median(run.cost for run in runs):,.0f}"


def times(runs: Runs, others: Runs, of: Callable[[Burst], float]) -> str:
    """How many times as much as the other, in the median of the pairs that were measured one after the other."""
    return f"{median(of(run) / of(other) for run, other in zip(runs, others, strict=True)):.2f}"


def by_rate(run: Burst) -> float:
    return run.rate


def by_cost(run: Burst) -> float:
    return run.cost


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *notes: str) -> str:
    """The first column stands left, the others right."""
    lines = [tuple(columns), *(tuple(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    shown = ["  ".join((line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:]))) for line in lines]
    return "\n".join([title, shown[0], "-" * len(shown[0]), *shown[1:], *notes])
