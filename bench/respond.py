"""One response to everybody who said the same: published, and queued for each of them, in one transaction."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

import uvloop
from sqlalchemy import Date, Text, cast, delete, insert, literal, select, update

import storage
from bench import _forum
from bench._databases import KINDS, blank
from bench._settled import megabytes, plain, refresh, settle
from bench._tables import Burst, Effort, by_rate, table, times
from handlers import matters, responses
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Database
from storage.tables import (
    broadcast,
    contribution,
    delivery,
    gathered,
    matter,
    participation,
    response,
    response_matter,
    standing,
)
from tests.review import PROCESS

COLUMNS = ("response published, database", "people", "seconds", "x plain", "more MB")
ANSWER = dict.fromkeys(("en", "fr", "es", "ar"), "It is in point 4 of the draft.")


@dataclass(frozen=True, slots=True)
class Published:
    """One response, and how much memory that took."""

    burst: Burst
    memory: float
    """More megabytes than before."""


def measure(effort: Effort) -> Iterator[str]:
    people = int(effort.of(10_000, 1_000))
    rows: list[tuple[str, ...]] = []
    with blank(("respond",)) as databases:
        for kind in KINDS:
            storage.migrate(databases[kind]["respond"])
            ours, bare = uvloop.run(_measure(databases[kind]["respond"], people, effort.runs))
            rows.extend((_row(f"hearback, {kind}", people, ours, bare), _row(f"plain, {kind}", people, bare, bare)))
    yield table(
        "Respond: one response to people of four languages on two channels, all of whom said the same",
        COLUMNS,
        rows,
        "plain: one INSERT .. SELECT of as many deliveries in one transaction, into the same table.",
    )


def _row(name: str, people: int, made: Sequence[Published], bare: Sequence[Published]) -> tuple[str, ...]:
    bursts = [run.burst for run in made]
    return (
        name,
        f"{people:,}",
        f"{median(burst.seconds for burst in bursts):.2f}",
        times(bursts, [run.burst for run in bare], by_rate),
        f"{median(run.memory for run in made):.1f}",
    )


async def _measure(url: str, people: int, runs: int) -> tuple[list[Published], list[Published]]:
    database = storage.open(url)
    process = OpenProcess(await _forum.begin(database), "", PROCESS)
    await settle(database, process.id, people)
    name = await _gather(database, process)
    await refresh(database)
    measured: dict[Callable[[], AsyncIterator[None]], list[Published]] = {
        lambda: _respond(database, process, name): [],
        lambda: _plain(database): [],
    }
    for _run in range(runs):
        for make, done in measured.items():
            done.append(await _published(people, make))
            await _clear(database, people)
    await database.close()
    ours, bare = measured.values()
    return ours, bare


async def _published(people: int, make: Callable[[], AsyncIterator[None]]) -> Published:
    before, began, used = megabytes(), perf_counter(), process_time()
    async for _done in make():
        pass
    burst = Burst(people, perf_counter() - began, process_time() - used)
    return Published(burst, max(0.0, megabytes() - before))


async def _gather(database: Database, process: OpenProcess) -> str:
    """Everybody has said it; gives the matter."""
    async with database.writing() as session:
        name = await matters.open_one(session, process, Draft({"en": "Interpreters"}), (), "staff", _forum.now())
        day = _forum.now().date()
        values = {
            "id": participation.c.person_id + "c",
            "process_id": participation.c.process_id,
            "person_id": participation.c.person_id,
            "topic": literal("services"),
            "language": literal("en"),
            "given": literal(day, Date()),
            "address_id": cast(participation.c.person_id, Text) + "a",
        }
        await session.execute(insert(contribution).from_select(list(values), select(*values.values())))
        places = {
            "matter_id": literal(name),
            "contribution_id": contribution.c.id,
            "since": literal(_forum.now(), gathered.c.since.type),
        }
        await session.execute(insert(gathered).from_select(list(places), select(*places.values())))
    return name


async def _respond(database: Database, process: OpenProcess, name: str) -> AsyncIterator[None]:
    answer = contents.Response("taken_up", ANSWER, matters=(name,))
    async with database.writing() as session:
        await responses.publish(session, process, answer, _forum.now())
    yield


async def _plain(database: Database) -> AsyncIterator[None]:
    async with database.writing() as session:
        process = select(participation.c.process_id).limit(1).scalar_subquery()
        known = {"id": "plain", "process_id": process, "subject": "bench:", "renditions": "{}", "audience": "{}"}
        more = {"lane": 2, "made": _forum.now(), "reached": "", "expanded": True}
        await session.execute(insert(broadcast).values(known | more))
    async for done in plain(database):
        yield done


async def _clear(database: Database, people: int) -> None:
    async with database.writing() as session:
        cleared = await session.execute(delete(delivery))
        assert cleared.rowcount == people, f"{cleared.rowcount} deliveries were made"
        await session.execute(delete(standing))
        await session.execute(delete(broadcast))
        await session.execute(update(contribution).values(response_id=None))
        await session.execute(update(matter).values(response_id=None))
        await session.execute(delete(response_matter))
        await session.execute(delete(response))
