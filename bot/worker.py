"""The worker: sends what waits, fills broadcasts, keeps house, asks the platforms, each as often as it has to."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from bot import leftovers
from bot.approvals import Approvals
from bot.asking import Asking
from bot.counting import Counting
from bot.drawing import Drawing
from bot.exporting import EVERY as IN_A_MOMENT
from bot.exporting import Exporting
from bot.fetching import EVERY as OFTEN
from bot.fetching import Fetching
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.ratios import Ratios
from bot.rotation import EVERY as A_MINUTE
from bot.rotation import Rotation
from bot.slowing import Slowing
from bot.watching import EVERY, Watching
from broadcast.deliver import Sender
from broadcast.expand import expand, turn
from broadcast.hints import Hints
from broadcast.pace import Pacer
from broadcast.watch import Observe, unobserved
from channels import Channel, others
from outcomes.at_once import Where
from storage import Database, Keyring, marks

SOON = timedelta(milliseconds=500)
SECOND = timedelta(seconds=1)
HOUSE = timedelta(seconds=10)
GONE = 3 * HOUSE
"""A worker that has not been heard of for so long sends no more."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """What one worker needs. `alone`: no other worker can be sending from this database."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    hints: Hints
    inbox: Inbox
    clock: Callable[[], datetime]
    alone: bool = False
    observe: Observe = unobserved
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    """The name by which its claims are known."""

    async def run(self, closing: asyncio.Event) -> None:
        """Work until `closing`; what is under way then is ended and written down."""
        asking = Asking(self.database, self.keys, self.channels, self.inbox, closing)
        approvals = Approvals(self.database, self.channels, self.hints.waker, closing)
        senders = self._senders()
        watching = Watching(self.channels, closing, self.observe)
        ratios = Ratios(self.database, self.channels, self.observe)
        slowing = Slowing(self.database, senders)
        rotation = Rotation(self.database, self.keys)
        fetching = Fetching(self.database, self.keys, self.channels, self.clock, closing, self.observe)
        counting = Counting(self.database, self.keys, self.owner, self.clock)
        exporting = Exporting(self.database, self.keys, self.owner, self.clock)
        await asyncio.to_thread(leftovers.clean, begins=True)
        drawing = Drawing(self.database, self.keys, self.owner, self.clock)
        await self._house.open(self.clock())
        await self._count_workers()
        await approvals.follow()
        carrying = asyncio.create_task(self.hints.waker.relay())
        try:
            async with asyncio.TaskGroup() as tasks:
                for sender in senders:
                    tasks.create_task(sender.run(closing))
                for name, pause, work in (
                    ("expand", SOON, partial(self.expand, closing)),
                    ("slow", SECOND, lambda: slowing.follow(self.clock())),
                    ("house", HOUSE, self.keep_house),
                    ("ask", HOUSE, lambda: asking.ask(self.clock())),
                    ("voice", OFTEN, fetching.fetch),
                    ("unfetched", HOUSE, fetching.look),
                    ("watch", EVERY, lambda: watching.look(self.clock())),
                    ("ratios", EVERY, lambda: ratios.look(self.clock())),
                    ("approved", HOUSE, lambda: approvals.ask(self.clock())),
                    ("follow", HOUSE, approvals.follow),
                    ("keys", A_MINUTE, lambda: rotation.go_on(self.clock())),
                    ("files", IN_A_MOMENT, exporting.go_on),
                    ("opinions", HOUSE, counting.go_on),
                    ("draws", IN_A_MOMENT, drawing.go_on),
                ):
                    tasks.create_task(self._again(closing, name, pause, work))
        finally:
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying

    @property
    def _house(self) -> Housekeeping:
        return Housekeeping(self.database, self.keys, self.channels, self.hints.waker, self.alone)

    async def keep_house(self) -> None:
        """Keep house once, and count the workers."""
        began = monotonic()
        await self._house.keep(self.clock())
        await self._count_workers()
        self.observe("housekeeping", monotonic() - began)

    async def _count_workers(self) -> None:
        """Workers share each pace, even where no Redis tells them of each other."""
        if not self.alone:
            now = self.clock()
            async with self.database.writing() as session:
                self.hints.schedules.workers = await marks.workers(session, self.owner, now, now - GONE)

    def _senders(self) -> list[Sender]:
        return [
            Sender(
                channel,
                self.database,
                self.keys,
                Pacer(name, channel.pace, self.hints.schedules),
                self.hints.waker,
                # A name for each sender: one that settles twice never settles what another has claimed since.
                f"{self.owner}:{name}",
                self.clock,
                Where(others(self.channels, name), channel.history is not None, channel.reports),
                observe=self.observe,
            )
            for name, channel in self.channels.items()
        ]

    async def expand(self, closing: asyncio.Event | None = None) -> None:
        """Every broadcast that is promised becomes deliveries; when told to close it stops after a batch."""
        going = True
        while going and not (closing is not None and closing.is_set()):
            # By turns: the long pausing of one broadcast does not hold up the beginning of another.
            turned = await turn(self.database, self.clock())
            going = await expand(self.database, self.clock()) or turned
            if going:
                await self.hints.waker.wake()

    async def _again(
        self, closing: asyncio.Event, name: str, pause: timedelta, work: Callable[[], Awaitable[timedelta | None]]
    ) -> None:
        """After each time it waits for `pause`, or for as long as the work itself says."""
        while not closing.is_set():
            wait = pause
            try:
                wait = await work() or pause
            except Exception as fault:
                self.observe("faults", name=name)
                log.error("worker fault", work=name, fault=type(fault).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await closing.wait()
