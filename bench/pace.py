"""How well a permitted rate is used and kept, as the platform sees it: by one worker, by several, on a busy machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from statistics import median

import uvloop

import servers
from bench._busy import busy
from bench._databases import blank
from bench._programs import Program, running
from bench._tables import Effort, table

LIMITS = (30, 80, 1000)
WORKERS = {"1 alone": 1, "1": 1, "2": 2, "4": 4}
ALONE = "1 alone"
BESIDE = {"": 0, ", 2 busy processes beside": 2}
COLUMNS = ("limit, workers", "share used", "most in a second", "of all runs", "pacing, % of a core")
OVERLOADED = (1, 2)
"""How many workers share one core with as many busy processes, at the highest limit."""
OVERLOAD_COLUMNS = ("1,000/s, half the machine it needs", "sent/s", "most in a second", "unknown", "s to end")


@dataclass(frozen=True, slots=True)
class Run:
    most: int
    rate: float
    core: float
    end: float
    """Seconds that the slowest worker took to end."""
    unknown: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What the workers of a run have: a Telegram that stamps what comes, databases with people, a Redis."""

    seconds: float
    databases: dict[str, str]
    redis: str
    telegram: Program
    port: str
    towns: dict[str, Program] = field(default_factory=dict)

    async def run(self, limit: int, workers: str, core: int | None = None) -> Run:
        kind = "SQLite" if workers == ALONE else "PostgreSQL"
        await self.towns[kind].ask("announce")
        await asyncio.to_thread(servers.flush, self.redis)
        shared = "" if workers == ALONE else f"redis://{self.redis}/0"
        arguments = (self.databases[kind], shared, self.port, str(limit))
        async with AsyncExitStack() as until_then:
            programs = [
                await until_then.enter_async_context(running("bench._hearback_pace", *arguments))
                for _worker in range(WORKERS[workers])
            ]
            for program in programs:
                await program.ready()
            cores = await asyncio.gather(*(program.ask("pace") for program in programs))
            if core is not None:
                for program in programs:
                    os.sched_setaffinity(program.process.pid, {core})
            await asyncio.gather(*(program.ask("begin") for program in programs))
            await asyncio.sleep(self.seconds)
            ends = await asyncio.gather(*(program.ask("end") for program in programs))
            most, rate = (await self.telegram.ask("told")).split()
        unknown = await self.towns[kind].ask("unknown")
        return Run(int(most), float(rate), sum(map(float, cores)), max(map(float, ends)), int(unknown))


def measure(effort: Effort) -> Iterator[str]:
    with blank(("pace", "overload")) as databases, servers.started(servers.REDIS) as redis:
        yield uvloop.run(_measure(effort, {kind: made["pace"] for kind, made in databases.items()}, redis))
        yield uvloop.run(_overload(effort, {kind: made["overload"] for kind, made in databases.items()}, redis))


@asynccontextmanager
async def _stage(seconds: float, databases: dict[str, str], redis: str) -> AsyncIterator[Stage]:
    people = str(int(max(LIMITS) * (seconds + 1)))
    async with AsyncExitStack() as until_then:
        telegram = await until_then.enter_async_context(running("bench._stamping_telegram"))
        stage = Stage(seconds, databases, redis, telegram, await telegram.ready())
        for kind, url in databases.items():
            stage.towns[kind] = await until_then.enter_async_context(
                running("bench._hearback_pace", "people", url, people)
            )
        for town in stage.towns.values():
            await town.ready()
        yield stage


async def _measure(effort: Effort, databases: dict[str, str], redis: str) -> str:
    seconds = effort.of(5, 2.5)
    runs: dict[tuple[str, int, str], list[Run]] = {which: [] for which in product(BESIDE, LIMITS, WORKERS)}
    async with _stage(seconds, databases, redis) as stage:
        for _number in range(effort.runs):
            for (beside, limit, workers), done in runs.items():
                with busy(BESIDE[beside]):
                    done.append(await stage.run(limit, workers))
    return table(
        f"Pace: a broadcast for {seconds:g} s over a Telegram that answers after 50 ms, start-up included",
        COLUMNS,
        (
            (
                f"{limit:,}/s, {workers}{beside}",
                f"{median(run.rate for run in done) / limit:.3f}",
                f"{median(run.most for run in done):,.0f}",
                f"{max(run.most for run in done):,}",
                f"{100 * median(run.core for run in done):.1f}",
            )
            for (beside, limit, workers), done in runs.items()
        ),
        "alone: without Redis, on SQLite; the others share PostgreSQL and Redis. Counted where the messages arrive.",
        "pacing: the pacer in the loop of the sender, nothing sent; of all workers together, Redis not counted.",
    )


async def _overload(effort: Effort, databases: dict[str, str], redis: str) -> str:
    """Workers on one core that busy processes take half of."""
    core, seconds = min(os.sched_getaffinity(0)), effort.of(20, 5)
    runs: dict[int, list[Run]] = {workers: [] for workers in OVERLOADED}
    async with _stage(seconds, databases, redis) as stage:
        for _number in range(effort.runs):
            for workers, done in runs.items():
                with busy(workers, core):
                    done.append(await stage.run(max(LIMITS), str(workers), core))
    return table(
        f"Overload: the same for {seconds:g} s, workers and as many busy processes on one core",
        OVERLOAD_COLUMNS,
        (
            (
                f"{workers} workers" if workers > 1 else "1 worker",
                f"{median(run.rate for run in done):,.0f}",
                f"{max(run.most for run in done):,}",
                f"{sum(run.unknown for run in done)}",
                f"{max(run.end for run in done):.2f}",
            )
            for workers, done in runs.items()
        ),
        "unknown: what workers lost hold of, in all runs. s to end: until the last is written down, the longest.",
    )
