"""Drawing a council by lot with five quotas, beside the fast and unfair way of the same library."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import msgspec

from bench._tables import Effort, table

DRAWS, SHORT_DRAWS = ((20, 200), (40, 1_000)), ((6, 30), (9, 60))
"""Seats, and candidates."""
COLUMNS = ("draw", "seconds", "s of CPU", "x legacy", "most MB", "least chance", "the same people")
NOTES = (
    "legacy: the library's old way, which nobody's chance is known of. most MB: of the whole program that draws.",
    "the same people: each draw is made by a program of its own, in which texts hash otherwise.",
    "least chance: of any candidate, beside what all would have without quotas.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One draw, in a program of its own."""

    seconds: float
    cpu: float
    legacy: float
    memory: float
    """Megabytes."""
    least: float
    members: list[str]


def measure(effort: Effort) -> Iterator[str]:
    draws = SHORT_DRAWS if effort.short else DRAWS
    rows = []
    for seats, candidates in draws:
        runs = [asyncio.run(_draw(seats, candidates, number)) for number in range(max(effort.runs, 2))]
        rows.append(_row(seats, candidates, runs))
    yield table("Lots: a council with five quotas, every chance as even as they allow (maximin)", COLUMNS, rows, *NOTES)


def _row(seats: int, candidates: int, runs: list[Measured]) -> tuple[str, ...]:
    return (
        f"{seats} of {candidates:,}",
        f"{median(run.seconds for run in runs):.1f}",
        f"{median(run.cpu for run in runs):.1f}",
        f"{median(run.seconds / run.legacy for run in runs):,.0f}",
        f"{max(run.memory for run in runs):.0f}",
        f"{runs[0].least:.2%} ({seats / candidates:.2%})",
        "yes" if len({tuple(run.members) for run in runs}) == 1 else "NO",
    )


async def _draw(seats: int, candidates: int, number: int) -> Measured:
    drawing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench._one_draw", str(seats), str(candidates),
        stdout=asyncio.subprocess.PIPE, env={"PYTHONHASHSEED": str(number + 1)},
    )  # fmt: skip
    printed, _nothing = await drawing.communicate()
    return msgspec.json.decode(printed.splitlines()[-1], type=Measured)
