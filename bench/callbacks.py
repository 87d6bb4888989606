"""Status callbacks a second: Twilio tells what became of many messages, each word is on the disk before its 200."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import product

import uvloop

from bench._callers import Callers, callers
from bench._databases import KINDS, Blank, blank
from bench._programs import Program, running
from bench._tables import Burst, Effort, by_cost, by_rate, cost, rate, table, times

WHO = ("hearback", "bare", "usual")
CONNECTIONS = 64
COLUMNS = (
    "callbacks, database", "callbacks/s", "us CPU", "CPU x bare", "CPU x usual", "callbacks/s x bare",
    "callbacks/s x usual",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program, those who call it, and how it did."""

    program: Program
    callers: Callers
    runs: list[Burst] = field(default_factory=list)

    async def burst(self, seconds: float) -> Burst:
        calls, used = self.callers.calls, await self.program.cpu()
        took = await self.callers.call_for(seconds)
        return Burst(self.callers.calls - calls, took, await self.program.cpu() - used)

    async def check(self) -> None:
        kept = int(await self.program.ask("kept"))
        assert kept == self.callers.calls, f"{kept} words of {self.callers.calls} were kept"


def measure(effort: Effort) -> Iterator[str]:
    with blank(WHO) as databases:
        yield uvloop.run(_measure(effort, databases))


async def _measure(effort: Effort, databases: Blank) -> str:
    async with AsyncExitStack() as until_then:
        programs = {
            (kind, who): await until_then.enter_async_context(running(f"bench._{who}_callbacks", databases[kind][who]))
            for kind, who in product(KINDS, WHO)
        }
        contest: dict[str, dict[str, Contestant]] = {kind: {} for kind in KINDS}
        for (kind, who), program in programs.items():
            calling = await until_then.enter_async_context(callers(int(await program.ready()), CONNECTIONS))
            contest[kind][who] = Contestant(program, calling)
            await contest[kind][who].burst(0.2)
        for _run in range(effort.runs):
            for contestants in contest.values():
                for contestant in contestants.values():
                    contestant.runs.append(await contestant.burst(effort.of(1.5, 0.6)))
        for contestants in contest.values():
            for contestant in contestants.values():
                await contestant.check()
    return table(
        f"Callbacks: {CONNECTIONS} at once, sent and then delivered; every word committed before it is answered",
        COLUMNS,
        [_row(kind, who, contest[kind]) for kind in KINDS for who in WHO],
        "bare: aiohttp, the signature by hand, the same rows in one statement for many words.",
        "usual: aiohttp, Twilio's own validator and one SQLAlchemy ORM session for each request, the same rows.",
    )


def _row(kind: str, who: str, contestants: Mapping[str, Contestant]) -> tuple[str, ...]:
    runs, bare, usual = contestants[who].runs, contestants["bare"].runs, contestants["usual"].runs
    return (
        f"{who}, {kind}",
        rate(runs),
        cost(runs),
        times(runs, bare, by_cost),
        times(runs, usual, by_cost),
        times(runs, bare, by_rate),
        times(runs, usual, by_rate),
    )
