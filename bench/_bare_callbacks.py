"""A bare handler with the same durable work: the word appended and the delivery changed, many in one transaction."""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Protocol
from urllib.parse import parse_qsl

import psycopg
import uvloop
from aiohttp import web
from sqlalchemy.engine import make_url

from bench import _twilio
from bench._programs import serve
from storage._ground.database import SQLITE_SETTINGS

MOST_TOGETHER = 100

TABLES = """
CREATE TABLE delivery (id TEXT PRIMARY KEY, state TEXT NOT NULL, rank INTEGER NOT NULL, provider_id TEXT);
CREATE TABLE report (delivery_id TEXT NOT NULL, provider_id TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
                     at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE (delivery_id, provider_id, status, code));
"""
UNDER_WAY = "INSERT INTO delivery " + _twilio.numbers("'d' || i, 'sent', 1, 'SM' || i")
TOGETHER = """
WITH said AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::integer[])
              AS said(delivery, provider, status, code, rank)),
     kept AS (INSERT INTO report (delivery_id, provider_id, status, code)
              SELECT delivery, provider, status, code FROM said ON CONFLICT DO NOTHING)
UPDATE delivery SET state = said.status, rank = said.rank, provider_id = said.provider
FROM said WHERE delivery.id = said.delivery AND delivery.rank < said.rank
"""
ONE_BY_ONE = (
    (
        "INSERT INTO report (delivery_id, provider_id, status, code) VALUES (:delivery, :provider, :status, :code) "
        "ON CONFLICT DO NOTHING"
    ),
    "UPDATE delivery SET state = :status, rank = :rank, provider_id = :provider WHERE id = :delivery AND rank < :rank",
)
RANKS = {"sent": 1, "failed": 2, "undelivered": 2, "delivered": 3}

Word = tuple[str, str, str, str, int]
"""(delivery, provider's id, status, code, rank)"""


class Records(Protocol):
    async def write(self, words: Sequence[Word]) -> None:
        """Durable when it returns."""

    async def kept(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Postgres:
    connection: psycopg.AsyncConnection[tuple[int]]

    async def write(self, words: Sequence[Word]) -> None:
        await self.connection.execute(TOGETHER, [list(column) for column in zip(*words, strict=True)])

    async def kept(self) -> int:
        row = await (await self.connection.execute("SELECT count(*) FROM report")).fetchone()
        return row[0] if row else 0


@dataclass(frozen=True, slots=True)
class Sqlite:
    connection: sqlite3.Connection
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    async def write(self, words: Sequence[Word]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self._write, words)

    def _write(self, words: Sequence[Word]) -> None:
        rows = [dict(zip(("delivery", "provider", "status", "code", "rank"), word, strict=True)) for word in words]
        self.connection.execute("BEGIN IMMEDIATE")
        for statement in ONE_BY_ONE:
            self.connection.executemany(statement, rows)
        self.connection.execute("COMMIT")

    async def kept(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM report").fetchone()[0])


@dataclass(slots=True)
class Line:
    """Words that wait for their transaction: what waits together is written together."""

    records: Records
    waiting: list[tuple[Word, "asyncio.Future[None]"]] = field(default_factory=list)
    writing: asyncio.Task[None] | None = None

    async def keep(self, word: Word) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((word, kept))
        if self.writing is None:
            self.writing = asyncio.create_task(self._write_all())
        await kept

    async def _write_all(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_TOGETHER], self.waiting[MOST_TOGETHER:]
            await self.records.write([word for word, _kept in batch])
            for _word, kept in batch:
                kept.set_result(None)
        self.writing = None

    async def hook(self, request: web.Request) -> web.Response:
        fields = parse_qsl((await request.read()).decode(), keep_blank_values=True)
        expected = _twilio.signature(_twilio.PUBLIC + request.raw_path, fields)
        if not compare_digest(request.headers.get("X-Twilio-Signature", "").encode(), expected):
            return web.Response(status=403)
        form = dict(fields)
        status = form["MessageStatus"]
        code = form.get("ErrorCode", "")
        await self.keep((request.query["delivery"], form["MessageSid"], status, code, RANKS[status]))
        return web.Response(text="<Response/>", content_type="text/xml")


async def main(url: str) -> None:
    records = await _opened(url)
    made = web.Application()
    made.add_routes([web.post("/hooks/sms/status", Line(records).hook)])
    await serve(made, records.kept)


async def _opened(url: str) -> Records:
    if not url.startswith("sqlite"):
        connection = await psycopg.AsyncConnection.connect(url.replace("+psycopg", ""), autocommit=True)
        await connection.execute((TABLES + UNDER_WAY).encode())
        return Postgres(connection)
    file = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
    for setting in SQLITE_SETTINGS:
        file.execute(f"PRAGMA {setting}")
    file.executescript(TABLES + UNDER_WAY)
    return Sqlite(file)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
