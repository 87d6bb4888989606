"""Sending what waits in the outbox: claim, commit, send, settle."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

import flows
from broadcast.pace import Pacer
from broadcast.wake import Bell
from channels import Channel
from channels.messages import Gone, Later, Never, NotSent, Outgoing, Stopped, unpacked
from storage import Database, Keyring, deliveries, is_away
from storage.deliveries import Claimed, Outcome

LEASE = timedelta(seconds=60)
"""How long a claim is ours. Longer than any send may take."""
LONGEST_SEND = timedelta(seconds=40)
FRESH = timedelta(seconds=5)
"""How old a claim may be when its send begins. Whoever slept on it (a laptop's lid, a paused machine) has lost the
place at the platform's pace, and may have missed a STOP."""
POLL = timedelta(milliseconds=500)
MOST_AT_ONCE = 200
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
TRIES_TO_SETTLE = 3
AWAY_PAUSE = timedelta(seconds=1)
STOPPED_PAUSE = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(slots=True)
class Sender:
    """What leaves by one channel, as long as it runs. Several may run at once, in any number of processes."""

    channel: Channel
    database: Database
    keys: Keyring
    pacer: Pacer
    bell: Bell
    owner: str
    clock: Callable[[], datetime]
    settled: list[Outcome] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, closing: asyncio.Event) -> None:
        """Send until `closing`, then let what is under way end, and settle it."""
        with self.bell.listening() as heard:
            while not closing.is_set():
                heard.clear()
                wait = await self._safely(self.step)
                if wait:
                    await _first(heard, closing, wait)
        if self.under_way:
            await asyncio.wait(self.under_way)
        for _try in range(TRIES_TO_SETTLE):
            if self.settled:
                await self._safely(self.step_out)

    async def step(self) -> timedelta:
        """Settle what has been sent, claim what may leave now, and begin to send it; how long to wait after it."""
        room = MOST_AT_ONCE - len(self.under_way)
        begun = self.clock()
        places, wait = await self.pacer.take(room) if room else (0, POLL)
        claimed = await self._settle_and_claim(places)
        await self.pacer.give_back(places - len(claimed))
        for delivery in claimed:
            task = asyncio.create_task(self._send(delivery, begun + FRESH))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        return POLL if len(claimed) < places else wait

    async def step_out(self) -> timedelta:
        await self._settle_and_claim(0)
        return timedelta(0)

    async def _settle_and_claim(self, places: int) -> list[Claimed]:
        if not places and not self.settled:
            return []
        outcomes, self.settled = self.settled, []
        try:
            async with self.database.writing() as session:
                await deliveries.settle(session, self.owner, outcomes)
                if not places:
                    return []
                now = self.clock()
                return await deliveries.claim(
                    session, self.keys, self.channel.name, self.owner, now, now + LEASE, places
                )
        except BaseException:
            self.settled = outcomes + self.settled
            raise

    async def _safely(self, work: Callable[[], Awaitable[timedelta]]) -> timedelta:
        """A database that is away is waited for; a fault of our own is said and does not end the sending."""
        try:
            return await work()
        except Exception as fault:
            log.error("sending paused", channel=self.channel.name, fault=type(fault).__name__, away=is_away(fault))
            return AWAY_PAUSE

    async def _send(self, claimed: Claimed, until: datetime) -> None:
        outcome = await self._outcome(claimed, until)
        # In two steps: the list may have been handed over while we waited.
        self.settled.append(outcome)
        self.bell.here()

    async def _outcome(self, claimed: Claimed, until: datetime) -> Outcome:
        try:
            outgoing = _outgoing(claimed)
        except Exception as fault:
            log.error("unreadable", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            return Outcome(claimed.id, "failed", code="unreadable")
        wait = await self.pacer.for_person(claimed.address)
        if wait:
            await self.pacer.give_back(1)
            return self._again(claimed, wait, "pace")
        now = self.clock()
        if claimed.not_after is not None and claimed.not_after <= now:
            return Outcome(claimed.id, "expired", code="not_after")
        if now >= until:
            return self._again(claimed, timedelta(0), "late")
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                accepted = await self.channel.send(claimed.to, outgoing, claimed.id)
        except NotSent as refused:
            return await self._refused(claimed, refused)
        except Exception as fault:
            log.error("send failed", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            return Outcome(claimed.id, "unknown", code="fault")
        await self.pacer.charge(accepted.segments)
        return Outcome(claimed.id, "sent", accepted.provider_id, accepted.segments)

    def _again(self, claimed: Claimed, wait: timedelta, code: str, attempts: int | None = None) -> Outcome:
        tried = claimed.attempts if attempts is None else attempts
        return Outcome(claimed.id, "queued", due=self.clock() + wait, code=code, attempts=tried)

    async def _refused(self, claimed: Claimed, refused: NotSent) -> Outcome:
        log.info("not sent", channel=self.channel.name, delivery=claimed.id, code=refused.code)
        match refused:
            case Stopped():
                await self.pacer.pause(STOPPED_PAUSE)
                log.critical("sender stopped", channel=self.channel.name, code=refused.code)
                return self._again(claimed, STOPPED_PAUSE, refused.code)
            case Later(everyone=True):
                # The platform is away, not this message refused: however long that takes, it is kept.
                await self.pacer.pause(refused.after)
                return self._again(claimed, refused.after, refused.code)
            case Later():
                tried = claimed.attempts + 1
                if tried >= MOST_ATTEMPTS:
                    return Outcome(claimed.id, "failed", code=refused.code, attempts=tried)
                wait = max(refused.after, min(FIRST_PAUSE * 2**tried, LONGEST_PAUSE))
                return self._again(claimed, wait, refused.code, tried)
            case Gone():
                return Outcome(claimed.id, "failed", code=refused.code, reach=refused.reach, address=claimed.address)
            case Never():
                return Outcome(claimed.id, "failed", code=refused.code)
            case _:
                return Outcome(claimed.id, "unknown", code=refused.code)


def _outgoing(claimed: Claimed) -> Outgoing:
    if claimed.renditions is None:
        return unpacked(claimed.body or "")
    return Outgoing(flows.told(claimed.renditions).to(claimed.language), claimed.language)


async def _first(heard: asyncio.Event, closing: asyncio.Event, wait: timedelta) -> None:
    """Until the bell rings, or closing begins, or the time has passed."""
    waits = [asyncio.ensure_future(heard.wait()), asyncio.ensure_future(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=wait.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
