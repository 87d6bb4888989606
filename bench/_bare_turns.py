"""A bare handler with the same durable work: no conversation, no encryption, no ORM; one transaction for many turns."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import psycopg
import uvloop
from aiohttp import web
from sqlalchemy.engine import make_url

from bench import _bot
from bench._programs import serve
from storage.database import SQLITE_SETTINGS

MOST_TOGETHER = 100
TALK = "a conversation's state as long as most are; " * 16
REPLY = "a question with its choices as long as most are; " * 6

TABLES = """
CREATE TABLE event (id BIGINT PRIMARY KEY);
CREATE TABLE conversation (chat BIGINT PRIMARY KEY, turns INTEGER NOT NULL, talk TEXT NOT NULL);
CREATE TABLE delivery (id BIGINT PRIMARY KEY, chat BIGINT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX waiting ON delivery (id) WHERE state = 'queued';
"""
TOGETHER = """
WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS given(event, chat)),
     seen AS (INSERT INTO event SELECT event FROM given),
     talked AS (INSERT INTO conversation SELECT chat, 1, %s FROM given
                ON CONFLICT (chat) DO UPDATE SET turns = conversation.turns + 1, talk = excluded.talk)
INSERT INTO delivery SELECT event, chat, %s, 'queued' FROM given
"""
ONE_BY_ONE = (
    "INSERT INTO event VALUES (:event)",
    "INSERT INTO conversation VALUES (:chat, 1, :talk) "
    "ON CONFLICT (chat) DO UPDATE SET turns = turns + 1, talk = excluded.talk",
    "INSERT INTO delivery VALUES (:event, :chat, :reply, 'queued')",
)

Turn = tuple[int, int]
"""(event, chat)"""


class Records(Protocol):
    async def write(self, turns: Sequence[Turn]) -> None:
        """Durable when it returns."""

    async def kept(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Postgres:
    connection: psycopg.AsyncConnection[tuple[int]]

    async def write(self, turns: Sequence[Turn]) -> None:
        events, chats = zip(*turns, strict=True)
        await self.connection.execute(TOGETHER, [list(events), list(chats), TALK, REPLY])

    async def kept(self) -> int:
        row = await (await self.connection.execute("SELECT count(*) FROM delivery")).fetchone()
        return row[0] if row else 0


@dataclass(frozen=True, slots=True)
class Sqlite:
    connection: sqlite3.Connection
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    async def write(self, turns: Sequence[Turn]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self._write, turns)

    def _write(self, turns: Sequence[Turn]) -> None:
        rows = [{"event": event, "chat": chat, "talk": TALK, "reply": REPLY} for event, chat in turns]
        self.connection.execute("BEGIN IMMEDIATE")
        for statement in ONE_BY_ONE:
            self.connection.executemany(statement, rows)
        self.connection.execute("COMMIT")

    async def kept(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM delivery").fetchone()[0])


@dataclass(slots=True)
class Line:
    """Turns that wait for their transaction: what waits together is written together."""

    records: Records
    waiting: list[tuple[Turn, "asyncio.Future[None]"]] = field(default_factory=list)
    writing: asyncio.Task[None] | None = None

    async def keep(self, turn: Turn) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((turn, kept))
        if self.writing is None:
            self.writing = asyncio.create_task(self._write_all())
        await kept

    async def _write_all(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_TOGETHER], self.waiting[MOST_TOGETHER:]
            await self.records.write([turn for turn, _kept in batch])
            for _turn, kept in batch:
                kept.set_result(None)
        self.writing = None

    async def hook(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != _bot.SECRET:
            return web.Response(status=403)
        update = json.loads(await request.read())
        await self.keep((update["update_id"], update["message"]["chat"]["id"]))
        return web.Response()


async def main(url: str) -> None:
    records = await _opened(url)
    made = web.Application()
    made.add_routes([web.post("/hooks/telegram", Line(records).hook)])
    await serve(made, records.kept)


async def _opened(url: str) -> Records:
    if not url.startswith("sqlite"):
        connection = await psycopg.AsyncConnection.connect(url.replace("+psycopg", ""), autocommit=True)
        await connection.execute(TABLES.encode())
        return Postgres(connection)
    file = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
    for setting in SQLITE_SETTINGS:
        file.execute(f"PRAGMA {setting}")
    file.executescript(TABLES)
    return Sqlite(file)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
