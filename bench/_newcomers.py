"""Somebody new writes every now and then, and their reply is taken to be sent: how long that takes meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from time import perf_counter

from bench import _forum
from channels.messages import Kind, Message
from handlers.conversations import Deployment, hear
from handlers.talk.boards import Boards
from storage import Database
from storage.lanes import Lane
from storage.outbox import claims, deliveries
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests.review import KEYS

EVERY = 0.05
"""Seconds from one reply to the next newcomer."""
NUMBERS = count(9_000_000)
"""Nobody comes twice."""
OWNER = "bench"
LEASE = timedelta(minutes=1)


@dataclass(slots=True)
class Newcomers:
    """Each writes once; `waits`: seconds until the reply of each was taken."""

    database: Database
    deployment: Deployment = field(default_factory=lambda: Deployment(KEYS, {"telegram": _forum.telegram()}, Boards()))
    waits: list[float] = field(default_factory=list)

    async def come(self, closing: asyncio.Event) -> None:
        while not closing.is_set():
            began = perf_counter()
            await self._write(str(next(NUMBERS)))
            self.waits.append(perf_counter() - began)
            await asyncio.sleep(EVERY)

    async def _write(self, sender: str) -> None:
        message = Message("telegram", sender, sender, Kind.TEXT, "/start")
        async with self.database.writing() as session:
            await hear(session, self.deployment, [message], _forum.now())
        now = _forum.now()
        async with self.database.writing() as session:
            taken = await claims.claim(session, KEYS, claims.Claim("telegram", OWNER, now, now + LEASE, 1, Lane.REPLY))
        assert [delivery.to for delivery in taken] == [sender]
        async with self.database.writing() as session:
            await deliveries.settle(session, OWNER, [Outcome(delivery.id, State.SENT) for delivery in taken], now)


@asynccontextmanager
async def newcomers(database: Database) -> AsyncIterator[Newcomers]:
    """As long as the block lasts; the one who is waiting then gets their reply."""
    made, closing = Newcomers(database), asyncio.Event()
    coming = asyncio.create_task(made.come(closing))
    try:
        yield made
    finally:
        closing.set()
        await coming
