"""A million people become the deliveries of one broadcast, and the first can be claimed meanwhile."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

import uvloop
from sqlalchemy import delete, text

import storage
from bench import _forum
from bench._databases import KINDS, blank
from bench._newcomers import EVERY, newcomers
from bench._settled import megabytes, plain, settle
from bench._tables import Burst, Effort, by_rate, rate, table, times
from broadcast.expand import expand as expand_next
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from storage import Database
from storage.broadcasts import Subject
from storage.lanes import Lane
from storage.tables import broadcast, delivery, standing
from tests.review import PROCESS

TEXT = {"en": "There is news from the review."}
COLUMNS = (
    "deliveries made, database", "people", "rows/s", "x plain", "seconds", "first after s", "more MB",
    "replies p50 ms", "longest ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """One broadcast made: how fast, when its first delivery could be claimed, how much memory that took.

    And what it meant to who wrote at that time.
    """

    burst: Burst
    first: float
    memory: float
    """More megabytes than before."""
    replies: Sequence[float]
    """Seconds from writing until the reply could leave, of everybody who wrote meanwhile."""


def measure(effort: Effort) -> Iterator[str]:
    sizes = {"SQLite": int(effort.of(100_000, 10_000)), "PostgreSQL": int(effort.of(1_000_000, 50_000))}
    rows: list[tuple[str, ...]] = []
    with blank(("expand",)) as databases:
        for kind in KINDS:
            storage.migrate(databases[kind]["expand"])
            made = uvloop.run(_measure(databases[kind]["expand"], sizes[kind], min(3, effort.runs)))
            rows.extend(_rows(kind, sizes[kind], *made))
    yield table(
        "Expand: one broadcast to people of four languages on two channels, resumable after each batch",
        COLUMNS,
        rows,
        "plain: one INSERT .. SELECT in one transaction, into the same table. First after: from publishing to when the",
        "first delivery can be claimed; a worker looks for new broadcasts twice a second. Replies: newcomers write all",
        f"the while, each {EVERY * 1000:.0f} ms after the last; from writing until their reply is claimed and settled.",
    )


def _rows(kind: str, people: int, ours: Sequence[Made], plain: Sequence[Made]) -> list[tuple[str, ...]]:
    def row(name: str, made: Sequence[Made]) -> tuple[str, ...]:
        bursts = [run.burst for run in made]
        return (
            f"{name}, {kind}",
            f"{people:,}",
            rate(bursts),
            times(bursts, [run.burst for run in plain], by_rate),
            f"{median(run.burst.seconds for run in made):.1f}",
            f"{median(run.first for run in made):.2f}",
            f"{median(run.memory for run in made):.1f}",
            f"{median(waited for run in made for waited in run.replies) * 1000:.1f}",
            f"{median(max(run.replies) for run in made) * 1000:.0f}",
        )

    return [row("hearback", ours), row("plain", plain)]


async def _measure(url: str, people: int, times_each: int) -> tuple[list[Made], list[Made]]:
    database = storage.open(url)
    process = await _forum.begin(database)
    await settle(database, process, people)
    runs: dict[Callable[[Database], AsyncIterator[None]], list[Made]] = {_expand: [], plain: []}
    for _run in range(times_each):
        for make, measured in runs.items():
            measured.append(await _made(database, process, people, make))
            await _clear(database, people)
    await database.close()
    return runs[_expand], runs[plain]


async def _made(database: Database, process: str, people: int, make: Callable[[Database], AsyncIterator[None]]) -> Made:
    before = megabytes()
    began, used, first = perf_counter(), process_time(), 0.0
    async with newcomers(database) as writing:
        await _announce(database, process)
        async for _batch in make(database):
            first = first or perf_counter() - began
        burst = Burst(people, perf_counter() - began, process_time() - used)
        memory = max(0.0, megabytes() - before)
    return Made(burst, first, memory, writing.waits)


async def _announce(database: Database, name: str) -> None:
    async with database.writing() as session:
        process = OpenProcess(name, "", PROCESS)
        await telling.tell_many(session, process, Announcement(Subject("bench", ""), TEXT), _forum.now())


async def _expand(database: Database) -> AsyncIterator[None]:
    while await expand_next(database, _forum.now()):
        yield


async def _clear(database: Database, people: int) -> None:
    async with database.writing() as session:
        await session.execute(delete(delivery).where(delivery.c.lane == Lane.REPLY))
        cleared = await session.execute(delete(delivery))
        assert cleared.rowcount == people, f"{cleared.rowcount} deliveries were made"
        await session.execute(delete(standing))
        await session.execute(delete(broadcast))
    if database.writer.dialect.name != "sqlite":
        async with database.writer.connect() as session:
            await (await session.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM delivery"))
