"""Growth: what a turn, a claim and a console's count cost with few people and with very many; seeds both first."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, count, cycle, islice
from pathlib import Path
from statistics import median

import uvloop
from sqlalchemy import text

import servers
import storage
from bench import _forum
from bench._crowd import JOINING, SHARING
from bench._multitude import EACH, KEPT, SEED
from bench._tables import Burst, Effort, Runs, by_cost, cost, table, times
from bot.inbox import Inbox
from broadcast.wake import Waker
from channels.messages import Kind, Message
from handlers.conversations import Deployment
from handlers.talk.boards import Boards
from storage import Database, broadcasts, outbox
from storage.broadcasts import Audience, NewBroadcast, Subject
from storage.lanes import Lane
from storage.outbox import claims, deliveries, expansion
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests import databases
from tests.review import KEYS

only_when_named = True
"""It takes minutes and gigabytes."""

FEW, MANY = 10_000, 1_000_000
SHORT_FEW, SHORT_MANY = 1_000, 20_000
TALKERS = 64
"""People who really write: the others were put there and are silent."""
CLAIMED = 50
COLUMNS = ("what, PostgreSQL", "people", "deliveries", "us CPU", "of it PostgreSQL", "pages read", "CPU x few")
WAITING = (
    """
    INSERT INTO broadcast (id, process_id, subject, renditions, audience, lane, made, reached, expanded)
    SELECT 'large', (SELECT id FROM process), 'bulletin:z', '{{}}', '{{}}', 2, now(), '', true
    """,
    """
    INSERT INTO delivery (id, person_id, address_id, broadcast_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('w' || i), md5('p' || i), md5('a' || i), 'large', (array['telegram', 'sms'])[1 + i / 2 % 2], 2, 0, 1,
           'queued', now() + interval '1 day', 0
    FROM generate_series(1, {people}) AS i
    """,
)
"""Everybody is to get a bulletin tomorrow."""
DUE = "UPDATE delivery SET due = due - interval '2 days' WHERE broadcast_id = 'large'"
"""And should have had it yesterday."""


def measure(effort: Effort) -> Iterator[str]:
    sizes = (int(effort.of(FEW, SHORT_FEW)), int(effort.of(MANY, SHORT_MANY)))
    with ExitStack() as until_then:
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        urls = [until_then.enter_context(databases.blank(postgres, f"of {size}")) for size in sizes]
        yield uvloop.run(_measure(sizes, urls, effort))


async def _measure(sizes: tuple[int, ...], urls: list[str], effort: Effort) -> str:
    places = [await _settled(size, url) for size, url in zip(sizes, urls, strict=True)]
    works: dict[str, Callable[[Place], Awaitable[int]]] = {
        "turn": Place.take_turns,
        "claim and settle": Place.claim,
        "count of a broadcast": Place.count,
        "what is late": Place.late,
        "overview": Place.overview,
    }
    rows, few = [], dict[str, list[Measured]]()
    for name, work in works.items():
        runs: list[list[Measured]] = [[] for _place in places]
        for place in places:
            await work(place)
        for _run in range(effort.runs):
            for place, measured in zip(places, runs, strict=True):
                measured.append(await place.measured(work))
        few[name] = runs[0]
        rows += [_row(name, place, measured, few[name]) for place, measured in zip(places, runs, strict=True)]
    await _execute(places[-1], *WAITING)
    rows += [await _again(places[-1], name, works[name], ", all waiting", few[name]) for name in works]
    await _execute(places[-1], DUE)
    for name in ("what is late", "overview"):
        rows.append(await _again(places[-1], name, works[name], ", all late", few[name]))
    for place in places:
        await place.database.close()
    return table(
        f"Growth: {sizes[0]:,} people and {sizes[1]:,}, {EACH} finished deliveries each, on PostgreSQL",
        COLUMNS,
        rows,
        "CPU: of this process and of the database's processes together. Pages: found in memory or read, for each.",
    )


@dataclass(frozen=True, slots=True)
class Measured:
    burst: Burst
    database: float
    """Seconds of CPU of PostgreSQL's own processes."""
    pages: float


@dataclass(slots=True)
class Place:
    """One deployment, as large as it is."""

    people: int
    database: Database
    inbox: Inbox
    events: Iterator[int] = field(default_factory=lambda: count(1))
    say: dict[int, Iterator[str]] = field(
        default_factory=lambda: {chat: chain(JOINING, cycle(SHARING)) for chat in range(TALKERS)}
    )

    async def take_turns(self) -> int:
        """Everybody who talks says one thing more, all at once."""
        messages = [
            Message("telegram", f"seed {next(self.events)}", str(9_000_000 + chat), Kind.TEXT, next(says))
            for chat, says in self.say.items()
        ]
        await self.inbox.take(messages)
        return len(messages)

    async def claim(self) -> int:
        """What waits for those who talk is claimed and settled, as a sender does."""
        now = _forum.now()
        async with self.database.writing() as session:
            claimed = await claims.claim(session, KEYS, claims.Claim("telegram", "bench", now, now, CLAIMED))
        async with self.database.writing() as session:
            sent = [Outcome(delivery.id, State.QUEUED, due=now, attempts=0) for delivery in claimed]
            await deliveries.settle(session, "bench", sent, now)
        assert len(claimed) == CLAIMED
        return len(claimed)

    async def count(self) -> int:
        async with self.database.reading() as session:
            counts = await broadcasts.counts(session, f"{KEPT}1")
        assert sum(counts.values()) == self.people
        return 1

    async def late(self) -> int:
        async with self.database.reading() as session:
            await outbox.late(session, _forum.now())
        return 1

    async def overview(self) -> int:
        async with self.database.reading() as session:
            await outbox.overview(session, _forum.now())
        return 1

    async def measured(self, work: Callable[["Place"], Awaitable[int]]) -> Measured:
        """For at least half a second."""
        async with _watched(self.database) as watch:
            began, used, done = time.perf_counter(), time.process_time(), 0
            while time.perf_counter() - began < 0.5:
                done += await work(self)
            took, ours = time.perf_counter() - began, time.process_time() - used
        return Measured(Burst(done, took, ours + watch.cpu), watch.cpu, watch.pages)


async def _settled(people: int, url: str) -> Place:
    storage.migrate(url)
    database = storage.open(url)
    await _forum.begin(database)
    place = Place(
        people,
        database,
        Inbox(database, Deployment(KEYS, {"telegram": _forum.telegram()}, Boards()), Waker(), _forum.now),
    )
    await _execute(place, *SEED)
    for _turn in islice(count(), len(JOINING)):
        await place.take_turns()
    await _publish(database)
    async with database.writer.connect() as session:
        await (await session.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
    return place


async def _execute(place: Place, *statements: str) -> None:
    for statement in statements:
        async with place.database.writing() as session:
            await session.execute(text(statement.format(people=place.people, each=EACH, kept=KEPT)))


async def _again(
    place: Place, name: str, work: Callable[[Place], Awaitable[int]], meanwhile: str, few: list[Measured]
) -> tuple[str, ...]:
    """The same at a place of which more is known now than its statistics say."""
    await work(place)
    return _row(name + meanwhile, place, [await place.measured(work) for _run in few], few)


async def _publish(database: Database) -> None:
    """Something waits for those who talk, and for nobody else."""
    now = _forum.now()
    async with database.writing() as session:
        await session.execute(text("UPDATE delivery SET state = 'cancelled', ended = CURRENT_DATE WHERE lane = 0"))
        await session.execute(
            text(
                "UPDATE participation SET region = 'talkers'"
                " WHERE person_id IN (SELECT person_id FROM address WHERE turns < 5)"
            )
        )
        process = (await session.execute(text("SELECT id FROM process"))).scalar_one()
        news = '{"text": {"en": "News"}, "order": ["en"]}'
        new = NewBroadcast(process, Subject("bulletin", "y"), news, Lane.BULLETIN, Audience(regions=("talkers",)))
        made = await broadcasts.add(session, new, now)
        await expansion.expand(session, made, now, None)


@dataclass(slots=True)
class Watch:
    cpu: float = 0
    pages: float = 0


@asynccontextmanager
async def _watched(database: Database) -> AsyncIterator[Watch]:
    """What PostgreSQL's processes use meanwhile, and how many pages they look at."""
    watch = Watch()
    server = await _server(database)
    before = _cpu_below(server), await _pages(database)
    yield watch
    watch.cpu = _cpu_below(server) - before[0]
    watch.pages = await _pages(database) - before[1]


async def _server(database: Database) -> str:
    """The process that all of the server's others were started by."""
    async with database.reading() as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    return _fields(Path(f"/proc/{backend}/stat"))[1]


def _cpu_below(server: str) -> float:
    """Seconds, of all that are alive."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _fields(stat)
        except OSError:
            continue
        if fields[1] == server:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def _fields(stat: Path) -> list[str]:
    """What comes after the name, which may have spaces in it."""
    return stat.read_text().rpartition(")")[2].split()


async def _pages(database: Database) -> float:
    async with database.reading() as session:
        await session.execute(text("SELECT pg_stat_force_next_flush()"))
    async with database.reading() as session:
        found = text("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()")
        return float((await session.execute(found)).scalar_one())


def _row(name: str, place: Place, measured: list[Measured], few: list[Measured]) -> tuple[str, ...]:
    bursts: Runs = [run.burst for run in measured]
    theirs = median(run.database / run.burst.done * 1e6 for run in measured)
    pages = median(run.pages / run.burst.done for run in measured)
    return (
        name,
        f"{place.people:,}",
        f"{place.people * EACH:,}",
        cost(bursts),
        f"{theirs:,.0f}",
        f"{pages:,.1f}",
        times(bursts, [run.burst for run in few], by_cost),
    )
