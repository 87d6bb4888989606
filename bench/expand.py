"""A broadcast to very many people becomes its deliveries."""

from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter, process_time
from typing import Any

import uvloop
from sqlalchemy import Text, cast, delete, insert, literal, select, text

import storage
from bench import _forum
from bench._databases import KINDS, blank
from bench._tables import Burst, Effort, by_rate, rate, table, times
from broadcast.expand import BATCH
from broadcast.expand import expand as expand_next
from handlers import telling
from storage import Database
from storage.broadcasts import Audience
from storage.deliveries import BULLETIN
from storage.keys import SHORTEST, VERSION
from storage.tables import address, broadcast, delivery, person

TEXT = {"en": "There is news from the review."}
BOX = VERSION.ljust(SHORTEST, b"\0")
COLUMNS = ("deliveries made, database", "rows/s", "x plain")


def measure(effort: Effort) -> Iterator[str]:
    people = int(effort.of(100_000, 10_000))
    rows: list[tuple[str, ...]] = []
    with blank(("expand",)) as databases:
        for kind in KINDS:
            storage.migrate(databases[kind]["expand"])
            rows.extend(uvloop.run(_measure(kind, databases[kind]["expand"], people, effort.runs)))
    yield table(
        f"Expand: one broadcast to {people:,} people, {BATCH} a transaction, resumable after each",
        COLUMNS,
        rows,
        "plain: one INSERT .. SELECT in one transaction, into the same table.",
    )


async def _measure(kind: str, url: str, people: int, times_each: int) -> list[tuple[str, ...]]:
    database = storage.open(url)
    process = await _forum.begin(database)
    await _settle(database, process, people)
    runs: dict[Callable[[Database], Awaitable[None]], list[Burst]] = {_expand: [], _plain: []}
    for _run in range(times_each):
        for make, measured in runs.items():
            await _announce(database, process)
            began, used = perf_counter(), process_time()
            await make(database)
            measured.append(Burst(people, perf_counter() - began, process_time() - used))
            await _clear(database, people)
    await database.close()
    return [
        (f"hearback, {kind}", rate(runs[_expand]), times(runs[_expand], runs[_plain], by_rate)),
        (f"plain, {kind}", rate(runs[_plain]), "1.00"),
    ]


async def _settle(database: Database, process: str, people: int) -> None:
    """So many people, each at one address; what is sealed of them is never opened here."""
    first = select(literal(1).label("i")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.i + 1).where(first.c.i < people))
    who = cast(numbers.c.i + 10_000_000, Text)
    someone: dict[str, Any] = {
        "id": who,
        "process_id": literal(process),
        "key": literal(BOX),
        "key_epoch": literal(1),
        "language": literal("en"),
        "region": literal(""),
        "consented": literal(True),
        "met": literal(_forum.now().date()),
    }
    somewhere: dict[str, Any] = {
        "id": who + "a",
        "person_id": who,
        "channel": literal("telegram"),
        "index": who,
        "external": literal(BOX, address.c.external.type),
        "reach": literal("active"),
        "turns": literal(1),
        "spoke": literal(_forum.now(), address.c.spoke.type),
    }
    async with database.writing() as session:
        await session.execute(insert(person).from_select(list(someone), select(*someone.values())))
        await session.execute(insert(address).from_select(list(somewhere), select(*somewhere.values())))
    await _refresh(database)


async def _refresh(database: Database) -> None:
    """What the planner of a database that has been running for a day would know."""
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


async def _announce(database: Database, process: str) -> None:
    async with database.writing() as session:
        await telling.tell_many(session, (process, _forum.PROCESS), "bench", TEXT, Audience(), _forum.now())


async def _expand(database: Database) -> None:
    while await expand_next(database, _forum.now()):
        pass


async def _plain(database: Database) -> None:
    on_sqlite = database.writer.dialect.name == "sqlite"
    made: dict[str, Any] = {
        "id": text("lower(hex(randomblob(16)))" if on_sqlite else "replace(gen_random_uuid()::text, '-', '')"),
        "person_id": address.c.person_id,
        "address_id": address.c.id,
        "broadcast_id": select(broadcast.c.id).scalar_subquery(),
        "channel": address.c.channel,
        "lane": literal(BULLETIN),
        "turn": literal(0),
        "part": literal(1),
        "state": literal("queued"),
        "due": literal(_forum.now(), delivery.c.due.type),
        "attempts": literal(0),
    }
    async with database.writing() as session:
        await session.execute(insert(delivery).from_select(list(made), select(*made.values())))


async def _clear(database: Database, people: int) -> None:
    async with database.writing() as session:
        cleared = await session.execute(delete(delivery))
        assert cleared.rowcount == people, f"{cleared.rowcount} deliveries were made"
        await session.execute(delete(broadcast))
    if database.writer.dialect.name != "sqlite":
        async with database.writer.connect() as session:
            await (await session.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM delivery"))
