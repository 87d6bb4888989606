"""How long a deployment with people in it takes to be brought up to date, and what it takes when it is killed."""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop
from alembic import command
from sqlalchemy import Connection, select, text

import servers
import storage
from bench._databases import DISK
from bench._tables import Effort, table
from servers import ROOT
from storage import Keyring, keys, participations
from storage._ground.alone import alone
from storage.migrations.changes import config
from storage.tables import participation, person
from tests import databases

only_when_named = True
"""It takes minutes."""

BEFORE = "7e3b52c8d014"
"""The newest version in which region and consent stood with the person."""
FEW, MANY = 10_000, 100_000
SHORT_FEW, SHORT_MANY = 1_000, 5_000
KILLS = 10
BATCH = 5_000
COLUMNS = ("database", "people", "seconds", "most MB", "killed", "wrong afterwards")
NOTES = (
    "hearback migrate, as a program of its own: the tables, then each record of consent sealed anew.",
    "wrong: people whose part in the process, or whose consent, is not what it was, or who are gone.",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """What one took: seconds and bytes, all attempts together."""

    seconds: float
    most: int
    killed: int


def measure(effort: Effort) -> Iterator[str]:
    sizes = (int(effort.of(FEW, SHORT_FEW)), int(effort.of(MANY, SHORT_MANY)))
    with ExitStack() as until_then:
        folder = Path(until_then.enter_context(tempfile.TemporaryDirectory(prefix="hearback-bench-", dir=DISK)))
        (folder / "safe").mkdir()
        file = folder / "safe" / "keys.json"
        keys.create(file)
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        rows = []
        for people, kills in ((sizes[0], 0), (sizes[1], 0), (sizes[1], KILLS)):
            sqlite = f"sqlite:///{folder / f'{people}-{kills}.db'}"
            url = until_then.enter_context(databases.blank(postgres, f"of {people} {kills}"))
            rows += [
                _row(name, where, file, people, kills) for name, where in (("SQLite", sqlite), ("PostgreSQL", url))
            ]
        yield table("Migration", COLUMNS, rows, *NOTES)


def _row(name: str, url: str, file: Path, people: int, kills: int) -> tuple[str, ...]:
    keyring = keys.load(file)
    _settle(url, keyring, people)
    migration = uvloop.run(_migrated(url, file, kills))
    wrong = uvloop.run(_wrong(url, keyring, people))
    return (
        name,
        f"{people:,}",
        f"{migration.seconds:.1f}",
        f"{migration.most / 1e6:.0f}",
        str(migration.killed),
        str(wrong),
    )


def _settle(url: str, keyring: Keyring, people: int) -> None:
    """The tables as they were, with so many people who agreed."""

    def fill(connection: Connection) -> None:
        command.upgrade(config(connection), BEFORE)
        connection.execute(
            text("INSERT INTO process (id, edition, content, opened) VALUES ('review', 1, '{}', :now)"),
            {"now": "2026-01-01 00:00:00"},
        )
        for first in range(0, people, BATCH):
            crowd = [_person(keyring, number) for number in range(first, min(first + BATCH, people))]
            connection.execute(text(PERSON), crowd)
            connection.execute(text(ADDRESS), [{"id": who["id"], "index": f"i{who['id']}"} for who in crowd])

    alone(url, fill)


PERSON = """
    INSERT INTO person (id, process_id, key, key_epoch, language, region, consented, consent, met)
    VALUES (:id, 'review', :key, :epoch, 'en', :region, true, :consent, '2026-01-01')
"""
ADDRESS = """
    INSERT INTO address (id, person_id, channel, "index", external, reach, turns, spoke)
    VALUES (:id, :id, 'sms', :index, '', 'active', 1, '2026-01-01 00:00:00')
"""


def _person(keyring: Keyring, number: int) -> Mapping[str, object]:
    key = keyring.new(f"p{number:09}")
    return {
        "id": key.person,
        "key": keyring.wrap(key),
        "epoch": keyring.epoch,
        "region": _region(number),
        "consent": bytes(key.seal(_consent(number), person.c.consent, key.person)),
    }


def _region(number: int) -> str:
    return ("north", "south", "")[number % 3]


def _consent(number: int) -> str:
    return f"1 en sms {number}"


async def _migrated(url: str, file: Path, kills: int) -> Migration:
    """Migrate; so often it is killed at a moment that falls by chance, the same at every run."""
    chance, seconds, most, killed = random.Random(kills), 0.0, 0, 0
    while True:
        began = perf_counter()
        async with _migrating(url, file) as process:
            if killed < kills:
                try:
                    async with asyncio.timeout(chance.uniform(0.2, 2.5)):
                        await process.wait()
                except TimeoutError:
                    process.kill()
                    killed += 1
            most = max(most, await _watched(process))
        seconds += perf_counter() - began
        if process.returncode == 0:
            return Migration(seconds, most, killed)
        if process.returncode != -9:
            raise SystemExit(f"hearback migrate ended with status {process.returncode}")


@asynccontextmanager
async def _migrating(url: str, file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "migrate"),
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "HEARBACK_KEYS": str(file)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _watched(process: asyncio.subprocess.Process) -> int:
    """The most memory that it ever had, in bytes, when it has ended."""
    most = 0
    while process.returncode is None:
        most = max(most, _most_memory(process.pid))
        try:
            async with asyncio.timeout(0.05):
                await process.wait()
        except TimeoutError:
            continue
    await process.wait()
    return most


def _most_memory(pid: int) -> int:
    """Bytes; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return max((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), default=0)


async def _wrong(url: str, keyring: Keyring, people: int) -> int:
    database = storage.open(url)
    try:
        async with database.reading() as session:
            if left := await participations.to_reseal(session):
                return left
            query = select(
                person.c.id, person.c.key, person.c.key_epoch, participation.c.region, participation.c.consent
            ).join(participation, participation.c.person_id == person.c.id)
            rows = (await session.execute(query.order_by(person.c.id))).all()
    finally:
        await database.close()
    return abs(people - len(rows)) + sum(not _is_as_it_was(keyring, row, n) for n, row in enumerate(rows))


def _is_as_it_was(keyring: Keyring, row: Any, number: int) -> bool:
    key = keyring.unwrap(row.id, row.key, row.key_epoch)
    opened = key.open(row.consent, participation.c.consent, "review")
    return (opened, row.region) == (_consent(number), _region(number))
