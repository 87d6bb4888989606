"""The public wall with 100,000 people and 50,000 contributions behind it: made anew, remembered, and not sent again."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from statistics import median, quantiles

import uvloop
from aiohttp import ClientSession, web
from sqlalchemy import event, text

import servers
import storage
from bench import _forum
from bench._multitude import EACH, KEPT, SEED
from bench._tables import Effort, table
from bench.console import Watch, counting, timing
from demo.serving import bound, serving
from handlers import public_counts
from public import site
from public._frame.source import HOLDS, LASTS, Source
from storage import Database
from tests import databases

PEOPLE, SHORT_PEOPLE = 100_000, 5_000
TIMES, SHORT_TIMES = 200, 30
"""How often each page is opened in a run."""
HOME = "/r/regional-review"
MATTERS = 300
FIRST = md5(b"m1", usedforsecurity=False).hexdigest()
"""The id of one of them."""
ANSWERED = 100
WRITTEN = (
    """
    INSERT INTO matter (id, process_id, title, topic, due, note, public, opened, changed)
    SELECT md5('m' || i), (SELECT id FROM process),
           json_build_object('en', 'Matter ' || i || ': what should change where people live and work',
                             'fr', 'Question ' || i || ' : ce qui devrait changer là où les gens vivent')::text,
           '', CURRENT_DATE - 150 + i, '{{}}', now(), now() - i * interval '1 hour', now()
    FROM generate_series(1, {matters}) AS i
    """,
    """
    INSERT INTO gathered (matter_id, contribution_id, since)
    SELECT md5('m' || 1 + i % {matters}), md5('c' || i), now() FROM generate_series(1, {people} / 2) AS i
    """,
    """
    INSERT INTO response (id, process_id, state, reason, published)
    SELECT md5('r' || i), (SELECT id FROM process), 'taken_up',
           json_build_object('en', repeat('The draft says so in its fourth article. ', 8))::text,
           now() - i * interval '1 hour'
    FROM generate_series(1, {answered}) AS i
    """,
    """
    INSERT INTO response_matter (response_id, matter_id)
    SELECT md5('r' || i), md5('m' || i) FROM generate_series(1, {answered}) AS i
    """,
    "UPDATE matter SET response_id = md5('r' || i) FROM generate_series(1, {answered}) AS i WHERE id = md5('m' || i)",
    """
    INSERT INTO result (id, process_id, response_id, state, text, place, link, day, published)
    SELECT md5('s' || i), (SELECT id FROM process), md5('r' || i), 'adopted',
           json_build_object('en', repeat('It was adopted. ', 8))::text, '{{}}', '', CURRENT_DATE, now()
    FROM generate_series(1, {answered}) AS i
    """,
)
COLUMNS = ("page", "anew ms", "p99 ms", "remembered ms", "304 ms", "statements", "kB")
NOTES = (
    "ms: from when the server has read the request until its answer is ready, in the median of runs.",
    "anew: nothing is remembered, so every statement is executed and the page is put together; p99 is of this.",
    "remembered: somebody opened it a moment ago. 304: and the reader has it already. Neither asks the database.",
    "kB: over the wire, compressed.",
)


def measure(effort: Effort) -> Iterator[str]:
    people = int(effort.of(PEOPLE, SHORT_PEOPLE))
    with ExitStack() as until_then:
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        url = until_then.enter_context(databases.blank(postgres, "wall"))
        counted, rows = uvloop.run(_measure(url, people, effort))
    title = f"The public wall: {people:,} people, {people // 2:,} contributions in {MATTERS} matters, on PostgreSQL"
    yield table(title, COLUMNS, rows, *NOTES, f"All of it is counted once a day by a worker, in {counted:,.0f} ms.")


@dataclass(slots=True)
class Clock:
    """Goes as all clocks do, ahead of them as far as it was moved."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return _forum.now() + self.ahead


@dataclass(slots=True)
class Opened:
    """How a page did: milliseconds, each the median of a run."""

    anew: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    remembered: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    statements: int = 0
    bytes: int = 0


async def _measure(url: str, people: int, effort: Effort) -> tuple[float, list[tuple[str, ...]]]:
    storage.migrate(url)
    database = storage.open(url)
    try:
        await _forum.begin(database)
        counted = await _seeded(database, people)
        watch, clock = Watch(), Clock()
        event.listen(database.reader.sync_engine, "before_cursor_execute", counting(watch))
        application = web.Application(middlewares=[timing(watch)])
        site.add(application, Source(database, {}, clock))
        async with serving(application, bound()) as address, ClientSession(auto_decompress=False) as client:
            return counted, await _rows(client, address, watch, clock, effort)
    finally:
        await database.close()


async def _seeded(database: Database, people: int) -> float:
    """People, what they gave, what was done with it; gives how long it took to count them."""
    for statement in (*SEED, *WRITTEN):
        async with database.writing() as session:
            filled = statement.format(people=people, each=EACH, kept=KEPT, matters=MATTERS, answered=ANSWERED)
            await session.execute(text(filled))
    async with database.writer.connect() as session:
        await (await session.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
    began = time.perf_counter()
    async with database.writing() as session:
        await public_counts.take_due(session, _forum.now())
    return (time.perf_counter() - began) * 1000


async def _rows(
    client: ClientSession, address: str, watch: Watch, clock: Clock, effort: Effort
) -> list[tuple[str, ...]]:
    pages = {f"{HOME}/fr{below}": Opened() for below in ("", "/matters/1", f"/m/{FIRST}", "/join", "/feed.atom")}
    times = int(effort.of(TIMES, SHORT_TIMES))
    for _run in range(effort.runs):
        for path, opened in pages.items():
            taken = []
            for _time in range(times):
                clock.ahead += LASTS
                taken.append(await _open(client, address + path, watch, 200, opened))
                opened.statements = watch.statements
            opened.anew.append(median(taken))
            opened.slowest.append(quantiles(taken, n=100)[98])
            opened.remembered.append(await _often(client, address + path, watch, times, opened))
            opened.again.append(await _again(client, address + path, watch, times))
    return [_row(path, opened) for path, opened in pages.items()]


async def _often(client: ClientSession, url: str, watch: Watch, times: int, opened: Opened) -> float:
    """As long as nobody has to look whether anything has changed."""
    began = time.perf_counter()
    taken: list[float] = []
    while len(taken) < times and time.perf_counter() - began < HOLDS.total_seconds() / 2:
        taken.append(await _open(client, url, watch, 200, opened))
    return median(taken)


async def _again(client: ClientSession, url: str, watch: Watch, times: int) -> float:
    async with client.get(url) as answer:
        has = {"If-None-Match": answer.headers["ETag"]}
    taken = []
    for _time in range(times):
        async with client.get(url, headers=has) as answer:
            assert answer.status == 304
        taken.append(watch.seconds * 1000)
    return median(taken)


async def _open(client: ClientSession, url: str, watch: Watch, status: int, opened: Opened) -> float:
    async with client.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status == status, f"{url}: {answer.status}"
        opened.bytes = len(await answer.read())
    return watch.seconds * 1000


def _row(path: str, opened: Opened) -> tuple[str, ...]:
    return (
        path,
        f"{median(opened.anew):.1f}",
        f"{median(opened.slowest):.1f}",
        f"{median(opened.remembered):.2f}",
        f"{median(opened.again):.2f}",
        str(opened.statements),
        f"{opened.bytes / 1000:.1f}",
    )
