"""A bare handler with the same durable work: no conversation, no encryption, no ORM; one transaction for many turns.

With the port of a Telegram it also sends the replies, and marks those that were taken every 50 ms.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web
from sqlalchemy.engine import make_url

from bench._programs import serve
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from storage._ground.database import SQLITE_SETTINGS

MOST_TOGETHER = 100
OFTEN = 0.05
"""Seconds between two marks."""
TALK = "a conversation's state as long as most are; " * 16
REPLY = "a question with its choices as long as most are; " * 6

TABLES = """
CREATE TABLE event (id BIGINT PRIMARY KEY);
CREATE TABLE conversation (chat BIGINT PRIMARY KEY, turns INTEGER NOT NULL, talk TEXT NOT NULL);
CREATE TABLE delivery (id BIGINT PRIMARY KEY, chat BIGINT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
                       provider_id TEXT);
CREATE INDEX waiting ON delivery (id) WHERE state = 'queued';
"""
READ_TOGETHER = """
SELECT given.event, event.id IS NOT NULL, conversation.turns, conversation.talk
FROM unnest(%s::bigint[], %s::bigint[]) AS given(event, chat)
LEFT JOIN event ON event.id = given.event LEFT JOIN conversation ON conversation.chat = given.chat
"""
WRITE_TOGETHER = """
WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[])
                        AS given(event, chat, turns, talk, reply)),
     seen AS (INSERT INTO event SELECT event FROM given),
     talked AS (INSERT INTO conversation SELECT chat, turns, talk FROM given
                ON CONFLICT (chat) DO UPDATE SET turns = excluded.turns, talk = excluded.talk)
INSERT INTO delivery SELECT event, chat, reply, 'queued' FROM given
"""
MARK_TOGETHER = """
UPDATE delivery SET state = 'sent', provider_id = given.provider_id
FROM unnest(%s::text[], %s::bigint[]) AS given(provider_id, id) WHERE delivery.id = given.id
"""
READ_ONE = """
SELECT EXISTS (SELECT 1 FROM event WHERE id = :event), turns, talk
FROM (SELECT 1) LEFT JOIN conversation ON chat = :chat
"""
WRITE_ONE = (
    "INSERT INTO event VALUES (:event)",
    (
        "INSERT INTO conversation VALUES (:chat, :turns, :talk) "
        "ON CONFLICT (chat) DO UPDATE SET turns = excluded.turns, talk = excluded.talk"
    ),
    "INSERT INTO delivery VALUES (:event, :chat, :reply, 'queued', NULL)",
)
MARK_ONE = "UPDATE delivery SET state = 'sent', provider_id = ? WHERE id = ?"
KEPT = "SELECT count(*) FROM delivery"
SENT = "SELECT count(*) FROM delivery WHERE state = 'sent'"

Update = tuple[int, int]
"""(event, chat)"""
Found = tuple[bool, int | None, str | None]
"""(was it seen before, turns so far, the talk)"""
Turn = tuple[int, int, int, str, str]
COLUMNS = ("event", "chat", "turns", "talk", "reply")
Sent = tuple[str, int]
"""(the platform's id, ours)"""


class Records(Protocol):
    async def take(self, updates: Sequence[Update]) -> list[Turn]:
        """What is answered to each that was not seen before; durable when it returns."""

    async def mark(self, sent: Sequence[Sent]) -> None: ...

    async def count(self, query: str) -> int: ...


def _turns(updates: Iterable[Update], found: Mapping[int, Found]) -> list[Turn]:
    turns: list[Turn] = []
    for event, chat in updates:
        seen, before, talk = found[event]
        if not seen:
            number = 1 if before is None or talk is None else int(talk.split(" ", 1)[0]) + 1
            turns.append((event, chat, number, f"{number} {TALK}", f"{number}. {REPLY}"))
    return turns


@dataclass(frozen=True, slots=True)
class Postgres:
    connection: psycopg.AsyncConnection[Any]

    async def take(self, updates: Sequence[Update]) -> list[Turn]:
        read = await self.connection.execute(READ_TOGETHER, _columns(updates))
        turns = _turns(updates, {event: found for event, *found in await read.fetchall()})
        if turns:
            await self.connection.execute(WRITE_TOGETHER, _columns(turns))
        return turns

    async def mark(self, sent: Sequence[Sent]) -> None:
        await self.connection.execute(MARK_TOGETHER, _columns(sent))

    async def count(self, query: str) -> int:
        row = await (await self.connection.execute(query.encode())).fetchone()
        return int(row[0]) if row else 0


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


@dataclass(frozen=True, slots=True)
class Sqlite:
    connection: sqlite3.Connection
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    async def take(self, updates: Sequence[Update]) -> list[Turn]:
        return await asyncio.get_running_loop().run_in_executor(self.thread, self._take, updates)

    def _take(self, updates: Sequence[Update]) -> list[Turn]:
        self.connection.execute("BEGIN IMMEDIATE")
        read = {
            event: self.connection.execute(READ_ONE, {"event": event, "chat": chat}).fetchone()
            for event, chat in updates
        }
        turns = _turns(updates, read)
        rows = [dict(zip(COLUMNS, turn, strict=True)) for turn in turns]
        for statement in WRITE_ONE:
            self.connection.executemany(statement, rows)
        self.connection.execute("COMMIT")
        return turns

    async def mark(self, sent: Sequence[Sent]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self._mark, sent)

    def _mark(self, sent: Sequence[Sent]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(MARK_ONE, sent)
        self.connection.execute("COMMIT")

    async def count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchone()[0])


@dataclass(slots=True)
class Line:
    """Updates that wait for their transaction: what waits together is written together, and then sent."""

    records: Records
    replies: "Replies | None"
    waiting: list[tuple[Update, "asyncio.Future[None]"]] = field(default_factory=list)
    writing: asyncio.Task[None] | None = None

    async def keep(self, update: Update) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((update, kept))
        if self.writing is None:
            self.writing = asyncio.create_task(self._write_all())
        await kept

    async def _write_all(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_TOGETHER], self.waiting[MOST_TOGETHER:]
            turns = await self.records.take([update for update, _kept in batch])
            for _update, kept in batch:
                kept.set_result(None)
            if self.replies is not None:
                self.replies.send(turns)
        self.writing = None

    async def hook(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != TELEGRAM_SECRET:
            return web.Response(status=403)
        update = json.loads(await request.read())
        await self.keep((update["update_id"], update["message"]["chat"]["id"]))
        return web.Response()


@dataclass(slots=True)
class Replies:
    """What is answered, on its way."""

    records: Records
    client: ClientSession
    url: str
    sent: list[Sent] = field(default_factory=list)
    leaving: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, turns: Iterable[Turn]) -> None:
        for event, chat, _turns, _talk, reply in turns:
            task = asyncio.create_task(self._send(event, chat, reply))
            self.leaving.add(task)
            task.add_done_callback(self.leaving.discard)

    async def _send(self, event: int, chat: int, reply: str) -> None:
        async with self.client.post(self.url, json={"chat_id": chat, "text": reply}) as response:
            taken = json.loads(await response.read())
        self.sent.append((str(taken["result"]["message_id"]), event))

    async def mark(self) -> None:
        while True:
            await asyncio.sleep(OFTEN)
            sent, self.sent = self.sent, []
            if sent:
                await self.records.mark(sent)


@asynccontextmanager
async def replies(records: Records, port: str) -> AsyncIterator[Replies]:
    async with ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar()) as client:
        made = Replies(records, client, f"http://127.0.0.1:{port}/0/bot{TELEGRAM_TOKEN}/sendMessage")
        marking = asyncio.create_task(made.mark())
        yield made
        marking.cancel()


async def main(url: str, port: str = "") -> None:
    records = await _opened(url)
    async with replies(records, port) if port else nullcontext() as leaving:
        await _serve(Line(records, leaving))


async def _serve(line: Line) -> None:
    made = web.Application()
    made.add_routes([web.post("/hooks/telegram", line.hook)])
    await serve(made, lambda: line.records.count(KEPT), sent=lambda: line.records.count(SENT))


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
    uvloop.run(main(*sys.argv[1:]))
