"""Delivering what waits in the outbox: claim, commit, send, settle."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from broadcast.claiming import OFTEN, Claiming
from broadcast.leaving import Leaving
from broadcast.pace import Pacer, Places
from broadcast.sending import Sending
from broadcast.unwritten import Unwritten
from broadcast.wake import Waker
from broadcast.watch import Observe, unobserved
from channels import Channel
from outcomes.at_once import Where
from storage import Database, Keyring, is_away
from storage.lanes import Lane

POLL = timedelta(milliseconds=500)
NO_PLACES = Places((), POLL, Lane.BULLETIN)
MOST_AT_ONCE = 200
TRIES_TO_SETTLE = 3
AWAY_PAUSE = timedelta(seconds=1)

log = structlog.get_logger()


@dataclass(slots=True)
class Sender:
    """What leaves by one channel, as long as it runs. Several may run at once, in any number of processes."""

    channel: Channel
    database: Database
    keys: Keyring
    pacer: Pacer
    waker: Waker
    owner: str
    clock: Callable[[], datetime]
    where: Where = field(default_factory=Where)
    observe: Observe = unobserved
    unwritten: Unwritten = field(init=False)
    leaving: Leaving = field(init=False)
    sending: Sending = field(init=False)
    claiming: Claiming = field(init=False)

    def __post_init__(self) -> None:
        self.unwritten = Unwritten(self.channel.name, self.waker, self.observe)
        self.leaving = Leaving(self.channel, self.pacer, self.clock, self.unwritten)
        self.sending = Sending(
            channel=self.channel,
            pacer=self.pacer,
            waker=self.waker,
            clock=self.clock,
            where=self.where,
            unwritten=self.unwritten,
            observe=self.observe,
        )
        self.claiming = Claiming(
            channel=self.channel.name,
            database=self.database,
            keys=self.keys,
            owner=self.owner,
            clock=self.clock,
            reports=self.where.reports,
            unwritten=self.unwritten,
            in_hand=self.sending.in_hand,
            observe=self.observe,
        )

    async def run(self, closing: asyncio.Event) -> None:
        """Send until `closing`, then let what is under way end, and settle it. What has not left waits again."""
        with self.waker.listening() as woken:
            while not closing.is_set():
                woken.clear()
                wait = await self._safely(self.step)
                if wait:
                    await _first(woken, closing, wait)
        await self.sending.close()
        for _try in range(TRIES_TO_SETTLE):
            if not self.claiming.is_settled:
                await self._safely(self.claiming.settle)

    async def step(self) -> timedelta:
        """Settle what has been sent, claim what may leave now, and let it depart; how long to wait after it."""
        waiting = self.sending.departures
        room = MOST_AT_ONCE - len(self.sending.under_way) - len(waiting.places)
        places = await self.pacer.take(room) if room > 0 else NO_PLACES
        wanted = max(0, len(places) - waiting.lacking)
        claimed = await self.claiming.claim(wanted, places.last_lane)
        departing = await self.leaving.departures(claimed)
        waiting.add(departing, ())
        used = min(len(places), waiting.lacking)
        await self.pacer.give_back(places, used)
        waiting.add((), places.at[:used])
        self.sending.depart()
        if len(departing) < len(claimed):
            return timedelta(0)
        wait = POLL if len(claimed) < wanted else places.wait
        return min(wait, OFTEN) if self._is_busy() else wait

    def _is_busy(self) -> bool:
        """Something is to be sent, or to be written down."""
        return bool(self.sending.under_way or self.unwritten.outcomes or len(self.sending.departures))

    async def _safely(self, work: Callable[[], Awaitable[timedelta | None]]) -> timedelta | None:
        """A database that is away is waited for; a fault of our own is said and does not end the sending."""
        try:
            return await work()
        except Exception as fault:
            log.error("sending paused", channel=self.channel.name, fault=type(fault).__name__, away=is_away(fault))
            return AWAY_PAUSE


async def _first(woken: asyncio.Event, closing: asyncio.Event, wait: timedelta) -> None:
    """Until it is woken, or closing begins, or the time has passed."""
    waits = [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=wait.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
