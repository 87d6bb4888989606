"""Turns a second: people walk through conversations, each turn is on the disk before its 200."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import product
from statistics import median

import uvloop

from bench._crowd import Crowd, crowd
from bench._databases import KINDS, Blank, blank
from bench._programs import Program, running
from bench._tables import Burst, Effort, by_cost, by_rate, cost, rate, table, times

WHO = ("hearback", "bare", "usual")
PEOPLE = 64
COLUMNS = (
    "turns, database", "turns/s", "us CPU", "CPU x bare", "CPU x usual", "turns/s x bare", "turns/s x usual",
    "half load p50 ms", "p99 ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program, those who write to it, and how it did."""

    program: Program
    people: Crowd
    runs: list[Burst] = field(default_factory=list)

    async def burst(self, seconds: float) -> Burst:
        written, used = self.people.written, await self.program.cpu()
        took = await self.people.write_for(seconds)
        return Burst(self.people.written - written, took, await self.program.cpu() - used)

    async def check(self) -> None:
        kept = int(await self.program.ask("kept"))
        assert kept == self.people.written, f"{kept} turns of {self.people.written} were kept"


def measure(effort: Effort) -> Iterator[str]:
    with blank(WHO) as databases:
        yield uvloop.run(_measure(effort, databases))


async def _measure(effort: Effort, databases: Blank) -> str:
    async with AsyncExitStack() as until_then:
        programs = {
            (kind, who): await until_then.enter_async_context(running(f"bench._{who}_turns", databases[kind][who]))
            for kind, who in product(KINDS, WHO)
        }
        contest: dict[str, dict[str, Contestant]] = {kind: {} for kind in KINDS}
        for (kind, who), program in programs.items():
            people = await until_then.enter_async_context(crowd(int(await program.ready()), PEOPLE))
            await people.join()
            contest[kind][who] = Contestant(program, people)
            await contest[kind][who].check()
        for _run in range(effort.runs):
            for contestants in contest.values():
                for one in contestants.values():
                    one.runs.append(await one.burst(effort.of(1.5, 0.6)))
        rows = [await _row(kind, who, contest[kind], effort) for kind in KINDS for who in WHO]
        for contestants in contest.values():
            for one in contestants.values():
                await one.check()
    return table(
        f"Turns: {PEOPLE} people at once, menu and share; every turn committed before it is answered",
        COLUMNS,
        rows,
        "bare: aiohttp, the same rows in one statement for many turns, no conversation, no encryption.",
        "usual: aiohttp and one SQLAlchemy ORM session for each request, the same rows.",
    )


async def _row(kind: str, who: str, contestants: Mapping[str, Contestant], effort: Effort) -> tuple[str, ...]:
    this = contestants[who]
    runs, bare, usual = this.runs, contestants["bare"].runs, contestants["usual"].runs
    half = median(run.rate for run in runs) / 2
    waits = [await this.people.write_at(half, effort.of(0.5, 0.3)) for _run in runs]
    return (
        f"{who}, {kind}",
        rate(runs),
        cost(runs),
        times(runs, bare, by_cost),
        times(runs, usual, by_cost),
        times(runs, bare, by_rate),
        times(runs, usual, by_rate),
        f"{median(waited[len(waited) // 2] for waited in waits) * 1000:.1f}",
        f"{median(waited[len(waited) * 99 // 100] for waited in waits) * 1000:.1f}",
    )
