"""A program like `hearback run` that kills itself, as a power cut would, at a named point."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import msgspec
from aiohttp import web

import broadcast.expand as expanding
import channels
from bot import serve
from bot.turns import Turns
from bot.web import Door, app
from bot.worker import Worker
from broadcast.pace import LOOK_AHEAD
from channels import Channel, History, Limits, Pace
from channels.messages import Accepted, Backlog, Message, Outgoing, Report, Template
from channels.verdicts import Verdict
from storage import Database, Session
from tests.review import KEYS

TWO_AT_ONCE = Pace(rate=40, burst=2, gap=timedelta(0))
IN_HAND = TWO_AT_ONCE.burst + ceil(LOOK_AHEAD * TWO_AT_ONCE.rate) + 1
"""How many deliveries a worker has claimed at most and not written down."""
"""And one more, whose place comes while the first two are being sent."""
BATCH = 3

CLAIMED = "between the commit of a claim and its send"
ACCEPTED = "after the platform accepted and before that is written down"
BATCH_MADE = "in the second batch of a broadcast, before its commit"
BATCH_KEPT = "after the commit of a broadcast's second batch"
TURN_TAKEN = "in a turn, before its commit"
TURN_KEPT = "after the commit of a turn, before the platform is told"


class Told(msgspec.Struct):
    """What a victim is told. `environment` is that of the channels; port 0: no web app."""

    database_url: str
    environment: dict[str, str]
    dies: str
    port: int = 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class MortalChannel:
    """A channel in whose hands the process dies."""

    inner: Channel
    dies: str
    name: str
    pace: Pace
    limits: Limits
    window: timedelta | None
    recycled: timedelta | None
    history: History | None
    reports: bool
    verdicts: Mapping[str, Verdict]

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        if self.dies == CLAIMED:
            die()
        accepted = await self.inner.send(to, outgoing, delivery, in_session)
        if self.dies == ACCEPTED:
            die()
        return accepted

    async def start(self) -> None:
        await self.inner.start()

    async def close(self) -> None:
        await self.inner.close()

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        return await self.inner.receive(request)

    def accepted(self) -> web.Response:
        return self.inner.accepted()

    async def acknowledge(self, message: Message) -> None:
        await self.inner.acknowledge(message)

    async def backlog(self) -> Backlog | None:
        return await self.inner.backlog()

    async def templates(self) -> Sequence[Template]:
        return await self.inner.templates()

    def use(self, templates: Sequence[Template]) -> None:
        self.inner.use(templates)

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return self.inner.parts(outgoing)

    def places(self, outgoing: Outgoing) -> int:
        return self.inner.places(outgoing)


@dataclass(frozen=True)
class MortalDatabase:
    """A database in whose transaction number `fatal` the process dies: before its commit, or just after."""

    inner: Database
    after: bool
    fatal: int
    begun: list[None]

    @property
    def has_one_writer(self) -> bool:
        return self.inner.has_one_writer

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        self.begun.append(None)
        ends = len(self.begun) == self.fatal
        async with self.inner.writing() as session:
            yield session
            if ends and not self.after:
                die()
        if ends:
            die()


def mortal_database(inner: Database, after: bool, fatal: int) -> Any:
    return MortalDatabase(inner, after, fatal, [])


class MortalWorker(Worker):
    """Dies while it makes deliveries, and does nothing else."""

    async def run(self, closing: asyncio.Event) -> None:
        await self.expand()


def mortal(parts: serve.Parts, dies: str) -> serve.Parts:
    if dies in (BATCH_MADE, BATCH_KEPT):
        expanding.BATCH, expanding.MANY = BATCH, 1
        # Before each batch it looks for broadcasts that are being paused.
        database = mortal_database(parts.database, dies == BATCH_KEPT, 4)
        worker = MortalWorker(database, parts.keys, parts.channels, parts.hints, parts.turns, parts.worker.clock)
        return replace(parts, worker=worker)
    if dies in (TURN_TAKEN, TURN_KEPT):
        database = mortal_database(parts.database, dies == TURN_KEPT, 1)
        turns = Turns(database, parts.turns.ears, parts.turns.bell, parts.turns.clock)
        return replace(parts, turns=turns, door=Door(parts.channels, turns, parts.database, parts.door.clock))
    return parts


def made(environment: Mapping[str, str], dies: str) -> dict[str, Channel]:
    every = channels.from_settings(environment)
    return {name: _mortal(channel, dies) for name, channel in every.items()}


async def live(told: Told) -> None:
    closing = serve.until_told()
    async with serve.parts(told.database_url, "", KEYS, made(told.environment, told.dies), now) as parts:
        parts = mortal(parts, told.dies)
        if told.port:
            await serve.listen(app(parts.door), "127.0.0.1", told.port, closing)
        else:
            await parts.worker.run(closing)


def _mortal(channel: Channel, dies: str) -> Channel:
    return MortalChannel(
        channel,
        dies,
        channel.name,
        TWO_AT_ONCE,
        channel.limits,
        channel.window,
        channel.recycled,
        channel.history,
        channel.reports,
        channel.verdicts,
    )


def now() -> datetime:
    return datetime.now(UTC)


def main(told: bytes) -> None:
    signal.alarm(120)  # whoever does not die where it should, dies then
    asyncio.run(live(msgspec.json.decode(told, type=Told)))
