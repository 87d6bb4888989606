"""How well a permitted rate is used and kept, as the platform sees it: by one worker and by several that share it."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import product
from statistics import median

import uvloop

from bench._databases import blank
from bench._programs import Program, running
from bench._tables import Effort, table
from tests import servers

LIMITS = (30, 80, 1000)
WORKERS = {"1 alone": 1, "1": 1, "2": 2, "4": 4}
ALONE = "1 alone"
COLUMNS = ("limit, workers", "share used", "most in a second", "of all runs", "pacing, % of a core")


@dataclass(frozen=True, slots=True)
class Run:
    most: int
    rate: float
    core: float


def measure(effort: Effort) -> Iterator[str]:
    with blank(("pace",)) as databases, servers.started(servers.REDIS) as redis:
        yield uvloop.run(_measure(effort, {kind: made["pace"] for kind, made in databases.items()}, redis))


async def _measure(effort: Effort, databases: dict[str, str], redis: str) -> str:
    seconds = effort.of(5, 2.5)
    people = str(int(max(LIMITS) * (seconds + 1)))
    runs: dict[tuple[int, str], list[Run]] = {which: [] for which in product(LIMITS, WORKERS)}
    async with AsyncExitStack() as until_then:
        telegram = await until_then.enter_async_context(running("bench._stamping_telegram"))
        port = await telegram.ready()
        towns = {
            kind: await until_then.enter_async_context(running("bench._hearback_pace", "people", url, people))
            for kind, url in databases.items()
        }
        for town in towns.values():
            await town.ready()
        for _number in range(effort.runs):
            for (limit, workers), done in runs.items():
                kind = "SQLite" if workers == ALONE else "PostgreSQL"
                await towns[kind].ask("announce")
                await asyncio.to_thread(servers.flush, redis)
                shared = "" if workers == ALONE else f"redis://{redis}/0"
                arguments = (databases[kind], shared, port, str(limit))
                done.append(await _run(telegram, arguments, WORKERS[workers], seconds))
    return table(
        f"Pace: a broadcast for {seconds:g} s over a Telegram that answers after 50 ms, start-up included",
        COLUMNS,
        (
            (
                f"{limit:,}/s, {workers}",
                f"{median(run.rate for run in done) / limit:.3f}",
                f"{median(run.most for run in done):,.0f}",
                f"{max(run.most for run in done):,}",
                f"{100 * median(run.core for run in done):.1f}",
            )
            for (limit, workers), done in runs.items()
        ),
        "alone: without Redis, on SQLite; the others share PostgreSQL and Redis. Counted where the messages arrive.",
        "pacing: the pacer in the loop of the sender, nothing sent; of all workers together, Redis not counted.",
    )


async def _run(telegram: Program, arguments: tuple[str, ...], workers: int, seconds: float) -> Run:
    async with AsyncExitStack() as until_then:
        programs = [
            await until_then.enter_async_context(running("bench._hearback_pace", *arguments))
            for _worker in range(workers)
        ]
        for program in programs:
            await program.ready()
        cores = await asyncio.gather(*(program.ask("pace") for program in programs))
        await asyncio.gather(*(program.ask("begin") for program in programs))
        await asyncio.sleep(seconds)
        await asyncio.gather(*(program.ask("end") for program in programs))
        most, rate = (await telegram.ask("told")).split()
    return Run(int(most), float(rate), sum(map(float, cores)))
