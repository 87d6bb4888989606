"""Yesterday's database is put back: what it would send has long been sent."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

import storage
from storage import Session, marks
from storage.outbox import unknowns
from tests.chaos.figures import Figures
from tests.chaos.world import POSTGRESQL, SQLITE, How, World, world
from tests.programs.life import ALONE, WEB, WORKER
from tests.programs.platforms import Call

SPEED = 20.0
A_DAY = timedelta(days=1)
QUIET = timedelta(seconds=10)
"""By the machine's clock: in it nothing may leave."""


async def run(how: How) -> AsyncIterator[Figures]:
    yield await _restored(how, SQLITE, "yesterday's SQLite file", (ALONE,))
    yield await _restored(how, POSTGRESQL, "yesterday's PostgreSQL", (WORKER, WORKER, WEB))


async def _restored(how: How, kind: str, name: str, kinds: tuple[str, ...]) -> Figures:
    people, figures = how.of(60, 1_000), Figures(name)
    async with world(how, kind, speed=SPEED, pace=(20.0, 5, 0.0)) as made:
        await made.meets(people)
        made.connect()
        await made.publishes("The hearing is on Friday.")
        copies: list[World] = []
        async with made.running(*kinds):
            while len(made.platforms.calls) < people // 2:
                await made.platforms.next_call(10, len(made.platforms.calls))
            copies += [await _copy(made, which) for which in ("released", "dropped")]
            await made.settles()
        await made.counted(figures)
        figures.must(figures.unknown == 0, "the original sends all")
        made.machine.put(A_DAY)
        for copy, decide in zip(copies, (unknowns.release, unknowns.drop), strict=True):
            await _started(copy, kinds, figures, decide)
        figures.faults = len(copies)
        figures.must(figures.lost == 0, "nothing is lost")
    return figures


async def _started(copy: World, kinds: tuple[str, ...], figures: Figures, decide: Any) -> None:
    before = len(copy.platforms.calls)
    held = await _waiting(copy)
    async with copy.running(*kinds):
        copy.newcomer()
        await copy.platforms.telegram.settled()
        await copy.machine.passes(QUIET)
        figures.must(not _sent(copy, before), "nothing that it held leaves by itself")
        figures.must((await copy.states())["unknown"] >= held, "what it held is counted as unknown")
        async with copy.database.writing() as session:
            await _decide(session, decide, copy)
        if decide is unknowns.release:
            await copy.settles()
            figures.must(len(_sent(copy, before)) == held, "what was released leaves, once")
        else:
            await copy.machine.passes(QUIET)
            figures.must(not _sent(copy, before), "what was dropped never leaves")
    await copy.database.close()
    figures.in_flight += held
    await copy.sums_hold(figures)
    await copy.database.close()


def _sent(copy: World, before: int) -> list[Call]:
    """What has left since, but for what answers a newcomer."""
    return [call for call in copy.platforms.calls[before:] if call.to not in copy.newcomers]


async def _decide(session: Session, decide: Any, copy: World) -> None:
    """As `hearback deliveries` does."""
    await (decide(session, copy.machine.now()) if decide is unknowns.release else decide(session))
    await marks.remove(session, marks.HELD)


async def _waiting(copy: World) -> int:
    states = await copy.states()
    return states["queued"] + states["sending"]


async def _copy(made: World, name: str) -> World:
    url = _file(made, name) if "sqlite" in made.url else await asyncio.to_thread(_database, made, name)
    return replace(made, url=url, database=storage.open(url), lives=made.lives)


def _file(made: World, name: str) -> str:
    before, after = Path(made.url.partition("///")[2]), made.folder / f"{name}.db"
    with closing(sqlite3.connect(before)) as here, closing(sqlite3.connect(after)) as there:
        here.backup(there)
    return f"sqlite+aiosqlite:///{after}"


def _database(made: World, name: str) -> str:
    """A dump of all tables, at one instant, put into a new database."""
    there = f"{made.url.rpartition('/')[0]}/{made.url.rpartition('_')[2]}_{name}"
    with psycopg.connect(_plain(made.url.rpartition("/")[0] + "/postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{there.rpartition("/")[2]}" TEMPLATE template_hearback')
    with psycopg.connect(_plain(made.url)) as here, psycopg.connect(_plain(there)) as new:
        here.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        new.execute("SET session_replication_role = replica")
        tables = [
            row[0]
            for row in here.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ]
        for table in tables:
            with (
                here.cursor().copy(f'COPY "{table}" TO STDOUT') as out,
                new.cursor().copy(f'COPY "{table}" FROM STDIN') as into,
            ):
                for block in out:
                    into.write(block)
    return there


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
