"""The worker: sends what waits, fills broadcasts, keeps house."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from broadcast.deliver import Sender
from broadcast.expand import expand
from broadcast.hints import Hints
from broadcast.pace import Pacer
from channels import Channel
from handlers import people, rounds
from storage import Database, Keyring, deliveries, events
from storage import rounds as stored_rounds

HOUSE = timedelta(seconds=10)
SWEEPS = 20
SWEEP_PAUSE = timedelta(milliseconds=250)
REPEATS = timedelta(days=30)
"""How long an event is remembered: longer than any platform repeats one."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """What one worker needs. `alone`: no other worker can be sending from this database."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    hints: Hints
    clock: Callable[[], datetime]
    alone: bool = False

    async def run(self, closing: asyncio.Event) -> None:
        """Work until `closing`; what is under way then is ended and written down."""
        await self._abandon(self.alone)
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        senders = [
            Sender(
                channel,
                self.database,
                self.keys,
                Pacer(name, channel.pace, self.hints.schedules),
                self.hints.bell,
                owner,
                self.clock,
            )
            for name, channel in self.channels.items()
        ]
        carrying = asyncio.create_task(self.hints.bell.carry())
        try:
            async with asyncio.TaskGroup() as tasks:
                for sender in senders:
                    tasks.create_task(sender.run(closing))
                tasks.create_task(self._again(closing, timedelta(milliseconds=500), partial(self.expand, closing)))
                tasks.create_task(self._again(closing, HOUSE, self.keep_house))
        finally:
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying

    async def expand(self, closing: asyncio.Event | None = None) -> None:
        """Every broadcast that is promised becomes deliveries; when told to close it stops after a batch."""
        while await expand(self.database, self.clock()):
            await self.hints.bell.ring()
            if closing is not None and closing.is_set():
                return

    async def keep_house(self) -> None:
        """What has to happen without anybody's asking."""
        now = self.clock()
        await self._abandon(False)
        async with self.database.writing() as session:
            await deliveries.expire(session, now)
            await deliveries.cancel_unreachable(session)
            await events.prune(session, now - REPEATS)
            parted = await people.part(session)
            overdue = await stored_rounds.overdue(session, now)
        if parted:
            await self._sweep()
        for round_id in overdue:
            async with self.database.writing() as session:
                await rounds.close(session, self.keys, round_id, now)
            await self.hints.bell.ring()

    async def _sweep(self) -> None:
        """Somebody may be reading: then the log cannot be emptied yet."""
        for _try in range(SWEEPS):
            if await self.database.sweep():
                return
            await asyncio.sleep(SWEEP_PAUSE.total_seconds())
        log.warning("deleted words are still in the write-ahead log")

    async def _abandon(self, everybody: bool) -> None:
        async with self.database.writing() as session:
            number = await deliveries.abandon(session, self.clock(), everybody)
        if number:
            log.warning("unknown after a crash", number=number)

    async def _again(self, closing: asyncio.Event, pause: timedelta, work: Callable[[], Awaitable[None]]) -> None:
        while not closing.is_set():
            try:
                await work()
            except Exception as fault:
                log.error("worker fault", fault=type(fault).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause.total_seconds()):
                    await closing.wait()
