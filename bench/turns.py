"""Turns and whole updates a second: people walk through conversations, each turn is on the disk before its 200."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

import uvloop

from bench import _forum
from bench._crowd import Crowd, crowd, telegram
from bench._databases import KINDS, Blank, blank
from bench._programs import Program, running
from bench._tables import Burst, Effort, by_cost, by_rate, cost, rate, table, times
from tests.waiting import until

WHO = ("hearback", "many", "bare", "usual")
WHO_SENDS = ("hearback", "bare", "usual")
PEOPLE = 64
COLUMNS = (
    "{what}, database", "{what}/s", "us CPU", "CPU x bare", "CPU x usual", "{what}/s x bare", "{what}/s x usual",
    "half load p50 ms", "p99 ms",
)  # fmt: skip
TURNS = f"Turns: {PEOPLE} people at once, menu and share; every turn committed before it is answered"
UPDATES = "Updates: the same, and every reply is sent to a Telegram that answers at once, and written down as sent"
NOTES = (
    f"many: hearback with {_forum.MANY} processes of {_forum.BOTS_OF_EACH} bots each; people are spread over them.",
    "bare: aiohttp, the same rows read and written in one statement for many turns, no conversation, no encryption;",
    "      sends with aiohttp's client and writes down what was sent every 50 ms.",
    "usual: aiohttp and one SQLAlchemy ORM session for each request, the same rows; sends and writes that down.",
)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program, those who write to it, and how it did. `sends`: whole updates are measured, not only turns."""

    program: Program
    people: Crowd
    sends: bool
    runs: list[Burst] = field(default_factory=list)

    async def burst(self, seconds: float) -> Burst:
        written, used = self.people.written, await self.program.cpu()
        took = await self.people.write_for(seconds)
        if self.sends:
            await until(self._is_done)
        return Burst(self.people.written - written, took, await self.program.cpu() - used)

    async def check(self) -> None:
        kept = int(await self.program.ask("kept"))
        assert kept == self.people.written, f"{kept} turns of {self.people.written} were kept"
        if self.sends:
            await until(self._is_done)

    async def _is_done(self) -> bool:
        return int(await self.program.ask("sent")) == self.people.written


def measure(effort: Effort) -> Iterator[str]:
    for what, title, who, sends in (("turns", TURNS, WHO, False), ("updates", UPDATES, WHO_SENDS, True)):
        with blank(who) as databases:
            rows = uvloop.run(_measure(effort, databases, sends))
        yield table(title, [column.format(what=what) for column in COLUMNS], rows, *NOTES)


async def _measure(effort: Effort, databases: Blank, sends: bool) -> list[tuple[str, ...]]:
    async with AsyncExitStack() as until_then:
        contest: dict[str, dict[str, Contestant]] = {kind: {} for kind in KINDS}
        for kind, database in databases.items():
            for who, url in database.items():
                contest[kind][who] = await _begun(until_then, who, url, sends)
        for _run in range(effort.runs):
            for contestants in contest.values():
                for contestant in contestants.values():
                    contestant.runs.append(await contestant.burst(effort.of(1.5, 0.6)))
        rows = [await _row(kind, who, contest[kind], effort) for kind in KINDS for who in contest[kind]]
        for contestants in contest.values():
            for contestant in contestants.values():
                await contestant.check()
    return rows


async def _begun(until_then: AsyncExitStack, who: str, database: str, sends: bool) -> Contestant:
    replies = await until_then.enter_async_context(telegram()) if sends else None
    port = () if replies is None else (str(replies.port),)
    program = await until_then.enter_async_context(running(f"bench._{who}_turns", database, *port))
    bots = _forum.bots() if who == "many" else ("telegram",)
    people = await until_then.enter_async_context(crowd(int(await program.ready()), PEOPLE, replies, bots))
    await people.join()
    begun = Contestant(program, people, sends)
    await begun.check()
    return begun


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
