"""A million people become the deliveries of one broadcast, and the first can be claimed meanwhile."""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import uvloop
from sqlalchemy import Text, case, cast, delete, insert, literal, select, text

import storage
from bench import _forum
from bench._databases import KINDS, blank
from bench._newcomers import EVERY, newcomers
from bench._tables import Burst, Effort, by_rate, rate, table, times
from broadcast.expand import expand as expand_next
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from storage import Database
from storage.broadcasts import Subject
from storage.keys import SHORTEST, VERSION
from storage.lanes import Lane
from storage.tables import address, broadcast, delivery, participation, person, standing
from tests.review import PROCESS

TEXT = {"en": "There is news from the review."}
BOX = VERSION.ljust(SHORTEST, b"\0")
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
    await _settle(database, process, people)
    runs: dict[Callable[[Database], AsyncIterator[None]], list[Made]] = {_expand: [], _plain: []}
    for _run in range(times_each):
        for make, measured in runs.items():
            measured.append(await _made(database, process, people, make))
            await _clear(database, people)
    await database.close()
    return runs[_expand], runs[_plain]


async def _made(database: Database, process: str, people: int, make: Callable[[Database], AsyncIterator[None]]) -> Made:
    before = _megabytes()
    began, used, first = perf_counter(), process_time(), 0.0
    async with newcomers(database) as writing:
        await _announce(database, process)
        async for _batch in make(database):
            first = first or perf_counter() - began
        burst = Burst(people, perf_counter() - began, process_time() - used)
        memory = max(0.0, _megabytes() - before)
    return Made(burst, first, memory, writing.waits)


def _megabytes() -> float:
    """Of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _settle(database: Database, process: str, people: int) -> None:
    """So many people, each at one address; what is sealed of them is never opened here."""
    first = select(literal(1).label("i")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.i + 1).where(first.c.i < people))
    who = cast(numbers.c.i + 10_000_000, Text)
    someone: dict[str, Any] = {
        "id": who,
        "key": literal(BOX),
        "key_epoch": literal(1),
        "language": case({0: "en", 1: "fr", 2: "es"}, value=numbers.c.i % 4, else_="ar"),
        "met": literal(_forum.now().date()),
    }
    part: dict[str, Any] = {
        "process_id": literal(process),
        "person_id": who,
        "region": literal(""),
        "consented": literal(True),
        "joined": literal(_forum.now().date()),
    }
    somewhere: dict[str, Any] = {
        "id": who + "a",
        "person_id": who,
        "process_id": literal(process),
        "channel": case((numbers.c.i % 2 == 0, "telegram"), else_="sms"),
        "index": who,
        "external": literal(BOX, address.c.external.type),
        "reach": literal("active"),
        "turns": literal(1),
        "spoke": literal(_forum.now(), address.c.spoke.type),
        "consented": literal(True),
    }
    async with database.writing() as session:
        await session.execute(insert(person).from_select(list(someone), select(*someone.values())))
        await session.execute(insert(participation).from_select(list(part), select(*part.values())))
        await session.execute(insert(address).from_select(list(somewhere), select(*somewhere.values())))
    await _refresh(database)


async def _refresh(database: Database) -> None:
    """What the planner of a database that has been running for a day would know."""
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


async def _announce(database: Database, name: str) -> None:
    async with database.writing() as session:
        process = OpenProcess(name, "", PROCESS)
        await telling.tell_many(session, process, Announcement(Subject("bench", ""), TEXT), _forum.now())


async def _expand(database: Database) -> AsyncIterator[None]:
    while await expand_next(database, _forum.now()):
        yield


async def _plain(database: Database) -> AsyncIterator[None]:
    on_sqlite = database.writer.dialect.name == "sqlite"
    made: dict[str, Any] = {
        "id": text("lower(hex(randomblob(16)))" if on_sqlite else "replace(gen_random_uuid()::text, '-', '')"),
        "person_id": address.c.person_id,
        "address_id": address.c.id,
        "broadcast_id": select(broadcast.c.id).scalar_subquery(),
        "channel": address.c.channel,
        "lane": literal(Lane.BULLETIN),
        "turn": literal(0),
        "part": literal(1),
        "state": literal("queued"),
        "due": literal(_forum.now(), delivery.c.due.type),
        "attempts": literal(0),
    }
    async with database.writing() as session:
        chosen = select(*made.values()).where(address.c.consented)
        await session.execute(insert(delivery).from_select(list(made), chosen))
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
