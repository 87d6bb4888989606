"""Files of very many contributions, made by a worker from PostgreSQL, beside a script that writes as many rows."""

import asyncio
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop
import xlsxwriter
from sqlalchemy import insert, select

import servers
import storage
from bench import _forum
from bench._databases import DISK
from bench._settled import megabytes, refresh
from bench._tables import Effort, table
from bot.exporting import Exporting
from storage import Database, exports, fresh
from storage.exports import NewExport
from storage.states import ExportFormat, ExportKind
from storage.tables import contribution, export_part, participation, person
from tests import databases
from tests.review import KEYS

CONTRIBUTIONS, SHORT_CONTRIBUTIONS = 50_000, 5_000
EACH = 4
"""Contributions of one person."""
AT_ONCE = 1_000
WORDS = "We want to be heard at the hospital, by somebody who speaks our language. " * 2
STAFF = "staff"
COLUMNS = ("file", "contributions", "seconds", "x plain", "more MB", "MB of the file")
NOTES = (
    "plain: all rows in one statement, and xlsxwriter with all of them in memory; nothing is looked up or left out.",
    "more MB: of memory, at the worst moment, than before.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """One file."""

    seconds: float
    memory: float
    """More megabytes than before."""
    size: float
    """Of the file, in megabytes."""


def measure(effort: Effort) -> Iterator[str]:
    number = int(effort.of(CONTRIBUTIONS, SHORT_CONTRIBUTIONS))
    with ExitStack() as until_then:
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        url = until_then.enter_context(databases.blank(postgres, "exports"))
        storage.migrate(url)
        runs = uvloop.run(_measure(url, number, effort.runs))
    plain = runs["plain, xlsx"]
    rows = [_row(name, number, made, plain) for name, made in runs.items()]
    yield table("Exports: everything that people gave a process, on PostgreSQL", COLUMNS, rows, *NOTES)


def _row(name: str, number: int, made: list[Made], plain: list[Made]) -> tuple[str, ...]:
    ratios = [its.seconds / bare.seconds for its, bare in zip(made, plain, strict=True)]
    return (
        name,
        f"{number:,}",
        f"{median(its.seconds for its in made):.1f}",
        f"{median(ratios):.2f}",
        f"{median(its.memory for its in made):.0f}",
        f"{median(its.size for its in made):.1f}",
    )


async def _measure(url: str, number: int, runs: int) -> dict[str, list[Made]]:
    database = storage.open(url)
    try:
        process_id = await _forum.begin(database)
        await _fill(database, process_id, number)
        made: dict[str, list[Made]] = {"hearback, xlsx": [], "hearback, csv": [], "plain, xlsx": []}
        for _run in range(runs):
            for format_ in (ExportFormat.XLSX, ExportFormat.CSV):
                made[f"hearback, {format_}"].append(await _file(database, process_id, format_))
            made["plain, xlsx"].append(await _plain(database))
        return made
    finally:
        await database.close()


async def _fill(database: Database, process_id: str, number: int) -> None:
    """People with keys of their own, who gave so much altogether."""
    for begin in range(0, number, AT_ONCE):
        people, parts, words = [], [], []
        for place in range(begin, begin + AT_ONCE, EACH):
            key = KEYS.new(fresh())
            today = _forum.now().date()
            language, region = ("en", "fr", "es", "ar")[place // EACH % 4], ("north", "south")[place // EACH % 2]
            wrapped = {"key": KEYS.wrap(key), "key_epoch": KEYS.epoch}
            people.append({"id": key.person, "language": language, "met": today, **wrapped})
            parts.append({"person_id": key.person, "region": region, "consented": True, "joined": today})
            for _number in range(EACH):
                name = fresh()
                sealed = key.seal(WORDS, contribution.c.words, name)
                about = {"topic": "services", "language": language, "given": today}
                words.append({"id": name, "person_id": key.person, "words": sealed, **about})
        async with database.writing() as session:
            await session.execute(insert(person), people)
            await session.execute(insert(participation).values(process_id=process_id), parts)
            await session.execute(insert(contribution).values(process_id=process_id), words)
    await refresh(database)


async def _file(database: Database, process_id: str, format_: ExportFormat) -> Made:
    name = fresh()
    async with database.writing() as session:
        new = NewExport(name, process_id, ExportKind.CONTRIBUTIONS, format_, "en", False, STAFF, _forum.now())
        await exports.add(session, new)
    made = await _watched(Exporting(database, KEYS, "worker", _forum.now).go_on())
    async with database.writing() as session:
        found = await exports.fetch(session, KEYS, process_id, name, STAFF, _forum.now())
        left = (await session.execute(select(export_part.c.number))).all()
    assert found is not None
    assert not left
    return Made(made.seconds, made.memory, len(found[1]) / 1e6)


async def _plain(database: Database) -> Made:
    with tempfile.TemporaryDirectory(prefix="hearback-bench-", dir=DISK) as folder:
        path = Path(folder) / "plain.xlsx"
        made = await _watched(_write(database, path))
        return Made(made.seconds, made.memory, path.stat().st_size / 1e6)


async def _write(database: Database, path: Path) -> None:
    columns = (contribution.c.id, contribution.c.given, contribution.c.language, contribution.c.topic)
    joined = contribution.join(participation, participation.c.person_id == contribution.c.person_id)
    async with database.reading() as session:
        rows = (await session.execute(select(*columns, participation.c.region).select_from(joined))).all()

    def write() -> None:
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate((*row, "", "", "", "", "", "")):
                sheet.write_string(number, place, str(cell))
        book.close()

    await asyncio.to_thread(write)


async def _watched(work: Awaitable[None]) -> Made:
    before, most = megabytes(), megabytes()

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, megabytes())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    began = perf_counter()
    try:
        await work
    finally:
        seconds = perf_counter() - began
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return Made(seconds, max(0.0, most - before), 0.0)
