"""A bare client that sends as many at once and writes down what was sent, many rows in one transaction."""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import psycopg
import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from sqlalchemy.engine import make_url

from bench._programs import answer
from demo.platforms.accounts import TELEGRAM_TOKEN
from storage._ground.database import SQLITE_SETTINGS

MOST_AT_ONCE = 200
OFTEN = 0.05
"""Seconds between two transactions."""
TABLE = """
CREATE TABLE delivery (id INTEGER PRIMARY KEY, chat TEXT NOT NULL, text TEXT NOT NULL,
                       state TEXT NOT NULL, provider_id TEXT);
CREATE INDEX waiting ON delivery (id) WHERE state = 'queued';
"""
WAITING = "SELECT id, chat, text FROM delivery WHERE state = 'queued' ORDER BY id"
KEPT = "SELECT count(*) FROM delivery WHERE state = 'sent'"
FILL = """
INSERT INTO delivery
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
SELECT (SELECT coalesce(max(id), 0) FROM delivery) + i, 'chat', '{text}', 'queued', NULL FROM n
"""
TEXT = "There is news from the review. The forms will be in four languages from May."
MARK = "UPDATE delivery SET state = 'sent', provider_id = ? WHERE id = ?"
MARK_TOGETHER = """
UPDATE delivery SET state = 'sent', provider_id = given.provider_id
FROM unnest(%s::text[], %s::int[]) AS given(provider_id, id) WHERE delivery.id = given.id
"""

Sent = tuple[str, int]
"""(the platform's id, ours)"""


class Records(Protocol):
    async def read(self, statement: str) -> list[Any]: ...

    async def run(self, statement: str) -> None: ...

    async def mark(self, sent: Sequence[Sent]) -> None: ...


@dataclass(frozen=True, slots=True)
class Postgres:
    connection: psycopg.AsyncConnection[Any]

    async def read(self, statement: str) -> list[Any]:
        return await (await self.connection.execute(statement.encode())).fetchall()

    async def run(self, statement: str) -> None:
        await self.connection.execute(statement.encode())

    async def mark(self, sent: Sequence[Sent]) -> None:
        await self.connection.execute(MARK_TOGETHER, [list(column) for column in zip(*sent, strict=True)])


@dataclass(frozen=True, slots=True)
class Sqlite:
    connection: sqlite3.Connection

    async def read(self, statement: str) -> list[Any]:
        return self.connection.execute(statement).fetchall()

    async def run(self, statement: str) -> None:
        self.connection.executescript(statement)

    async def mark(self, sent: Sequence[Sent]) -> None:
        await asyncio.to_thread(self._mark, sent)

    def _mark(self, sent: Sequence[Sent]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(MARK, sent)
        self.connection.execute("COMMIT")


@dataclass(slots=True)
class Client:
    records: Records
    people: int
    port: str
    sent: list[Sent] = field(default_factory=list)

    async def send(self, latency: int) -> str:
        await self.records.run(FILL.format(people=self.people, text=TEXT))
        url = f"http://127.0.0.1:{self.port}/{latency}/bot{TELEGRAM_TOKEN}/sendMessage"
        began, used = time.perf_counter(), time.process_time()
        waiting = iter(await self.records.read(WAITING))
        async with ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar()) as session:
            marking = asyncio.create_task(self._mark())
            await asyncio.gather(*(self._send_all(session, url, waiting) for _one in range(MOST_AT_ONCE)))
            self.sent.append(("", 0))
            await marking
        return f"{time.perf_counter() - began} {time.process_time() - used}"

    async def _send_all(self, session: ClientSession, url: str, waiting: Iterator[Any]) -> None:
        for name, chat, text in waiting:
            async with session.post(url, data={"chat_id": chat, "text": text}) as response:
                taken = json.loads(await response.read())
            self.sent.append((str(taken["result"]["message_id"]), name))

    async def _mark(self) -> None:
        """Until the mark that nothing more comes."""
        while True:
            sent, self.sent = self.sent, []
            if sent:
                await self.records.mark(sent)
            if sent and sent[-1] == ("", 0):
                return
            await asyncio.sleep(OFTEN)

    async def kept(self) -> int:
        return int((await self.records.read(KEPT))[0][0])


async def main(url: str, port: str, people: str) -> None:
    records = await _opened(url)
    await records.run(TABLE)
    client = Client(records, int(people), port)
    await answer("ready", {"0": partial(client.send, 0), "50": partial(client.send, 50), "kept": client.kept})


async def _opened(url: str) -> Records:
    if not url.startswith("sqlite"):
        return Postgres(await psycopg.AsyncConnection.connect(url.replace("+psycopg", ""), autocommit=True))
    file = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
    for setting in SQLITE_SETTINGS:
        file.execute(f"PRAGMA {setting}")
    return Sqlite(file)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
