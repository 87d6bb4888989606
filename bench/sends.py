"""Sends a second: a broadcast leaves for a Telegram that answers at once, or after 50 ms."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import product

import uvloop

from bench._databases import KINDS, Blank, blank
from bench._programs import Program, running
from bench._tables import Burst, Effort, by_cost, by_rate, cost, rate, table, times

WHO = ("hearback", "bare")
LATENCIES = ("0", "50")
"""Milliseconds."""
COLUMNS = ("sends, database, Telegram answers after", "sends/s", "us CPU", "CPU x bare", "sends/s x bare")


def measure(effort: Effort) -> Iterator[str]:
    with blank(WHO) as databases:
        yield uvloop.run(_measure(effort, databases))


async def _measure(effort: Effort, databases: Blank) -> str:
    people = int(effort.of(1500, 400))
    async with AsyncExitStack() as until_then:
        telegram = await until_then.enter_async_context(running("bench._fake_telegram"))
        port = await telegram.ready()
        senders = {
            (kind, who): await until_then.enter_async_context(
                running(f"bench._{who}_sends", databases[kind][who], port, str(people))
            )
            for kind, who in product(KINDS, WHO)
        }
        for sender in senders.values():
            await sender.ready()
        runs: dict[tuple[str, str, str], list[Burst]] = {
            (kind, latency, who): [] for kind, latency, who in product(KINDS, LATENCIES, WHO)
        }
        for number in range(effort.runs + 1):
            for (kind, latency, who), measured in runs.items():
                burst = await _send(senders[kind, who], latency, people)
                if number:  # the first is there to warm up
                    measured.append(burst)
        for sender in senders.values():
            kept = int(await sender.ask("kept"))
            assert kept == (effort.runs + 1) * len(LATENCIES) * people, f"{kept} were written down as sent"
    return table(
        f"Sends: {people} people, 200 at once, what was sent is written down durably",
        COLUMNS,
        (
            (
                f"{who}, {kind}, {latency} ms",
                rate(measured),
                cost(measured),
                times(measured, runs[kind, latency, "bare"], by_cost),
                times(measured, runs[kind, latency, "bare"], by_rate),
            )
            for (kind, latency, who), measured in runs.items()
        ),
        "bare: an aiohttp client, no claims, no encryption, no python-telegram-bot; a transaction each 50 ms.",
    )


async def _send(sender: Program, latency: str, people: int) -> Burst:
    took, used = map(float, (await sender.ask(latency)).split())
    return Burst(people, took, used)
