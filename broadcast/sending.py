"""Sending deliveries, each at its place of the pace: what the platform answers is what became of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import structlog

from broadcast import alarms
from broadcast.circuit import Broke, Circuit, Took
from broadcast.departures import Departure, Departures
from broadcast.leaving import LATE, PACE
from broadcast.pace import Pacer
from broadcast.unwritten import Unwritten
from broadcast.wake import Waker
from broadcast.watch import Observe
from channels import Channel
from channels.messages import NotSent, Shut, TooFast, Unknown
from channels.verdicts import WIRE
from outcomes import at_once, senders
from outcomes.at_once import Where
from outcomes.senders import Sign
from storage.broadcasts import Way
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import Outcome
from storage.states import State

LONGEST_SEND = timedelta(seconds=20)
FRESH = timedelta(seconds=5)
"""How old a claim may be when its send begins. A worker that slept meanwhile (a laptop's lid, a paused machine) has
lost its place of the platform's pace, and may have missed a STOP."""

log = structlog.get_logger()


@dataclass(slots=True)
class Sending:
    """What waits for its place, and what is being sent. Every delivery that comes in here ends in `unwritten`."""

    channel: Channel
    pacer: Pacer
    waker: Waker
    clock: Callable[[], datetime]
    where: Where
    unwritten: Unwritten
    observe: Observe
    departures: Departures = field(init=False)
    under_way: dict[asyncio.Task[None], str] = field(default_factory=dict)
    """What is being sent, and which delivery that is."""
    timer: asyncio.TimerHandle | None = None
    """When something departs next."""
    circuit: Circuit = field(default_factory=Circuit)

    def __post_init__(self) -> None:
        self.departures = Departures(self.pacer)

    def in_hand(self) -> list[str]:
        """Which deliveries have come in and not ended."""
        waiting = [departure.claimed.id for lane in self.departures.lanes for departure in lane]
        return [*waiting, *self.under_way.values()]

    def depart(self) -> None:
        """Send what may leave at this instant, and come again when the next does."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        for lane in Lane:
            if held := self.pacer.held(lane):
                self._put_back(lane, held, PACE)
        for departure, more in self.departures.leaving(self.pacer.now()):
            task = asyncio.create_task(self.send(departure, more))
            self.under_way[task] = departure.claimed.id
            task.add_done_callback(self.under_way.pop)
        if (instant := self.departures.next) is not None:
            wait = max(0.0, instant - self.pacer.now())
            self.timer = asyncio.get_running_loop().call_later(wait, self._depart_in_time)

    async def close(self) -> None:
        """Let what is under way end. What has not left waits again."""
        for lane in Lane:
            self._put_back(lane, timedelta(0), LATE)
        if self.under_way:
            await asyncio.wait(self.under_way)

    def _depart_in_time(self) -> None:
        self.depart()
        if self.departures.lacking:
            self.waker.wake_here()

    def _put_back(self, lane: Lane, wait: timedelta, code: str) -> None:
        """Let all deliveries of a lane wait as if nobody had claimed them."""
        now = self.clock()
        for departure in self.departures.take_out(lane):
            self.unwritten.ended(at_once.again(departure.claimed, now + wait, code))

    async def send(self, departure: Departure, more: int = 0) -> None:
        """`more`: places that it takes beyond those it has."""
        try:
            await self.pacer.charge(more)
            outcome = await self._outcome(departure)
        except Exception as fault:
            # It may have left, so it is never taken for one that did not.
            refusal = self._fault(departure.claimed, fault)
            outcome = at_once.refused(departure.claimed, refusal, self.where, self.clock())
        self.unwritten.ended(outcome)

    async def _outcome(self, departure: Departure) -> Outcome:
        claimed = departure.claimed
        if too_late := self._too_late(claimed):
            return too_late
        if not (in_session := claimed.in_session(self.channel.window)) and not _may_be_template(claimed):
            return await self._refused(claimed, Shut(Code.SHUT))
        began = monotonic()
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                accepted = await self.channel.send(claimed.to, departure.outgoing, claimed.id, in_session)
        except NotSent as refusal:
            return await self._refused(claimed, refusal)
        except Exception as fault:
            return await self._refused(claimed, self._fault(claimed, fault))
        self.observe("send", monotonic() - began, channel=self.channel.name)
        self.observe("places", accepted.segments, channel=self.channel.name)
        self._answered(claimed, "", senders.at_once(None, self.where.reports))
        await self.pacer.charge(accepted.segments - departure.places)
        return at_once.sent(claimed, accepted, self.where)

    def _too_late(self, claimed: Claimed) -> Outcome | None:
        """What becomes of a delivery that has waited too long for its place; None: it has not."""
        now = self.clock()
        if claimed.not_after is not None and claimed.not_after <= now:
            return Outcome(claimed.id, State.EXPIRED, code="not_after")
        return at_once.again(claimed, now, LATE) if now >= claimed.began + FRESH else None

    def _fault(self, claimed: Claimed, fault: Exception) -> Unknown:
        log.error("send failed", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
        return Unknown("fault", WIRE["fault"])

    async def _refused(self, claimed: Claimed, refusal: NotSent) -> Outcome:
        log.info("not sent", channel=self.channel.name, delivery=claimed.id, code=refusal.code)
        if (pause := senders.pause_at_once(refusal)) is not None:
            await self.pacer.pause(pause)
        elif isinstance(refusal, TooFast):
            await self.pacer.told_to_wait(claimed.address, refusal.after, claimed.lane)
        sign = senders.at_once(refusal, self.where.reports)
        alarms.refused(self.channel.name, refusal, sign, self.observe)
        self._answered(claimed, refusal.code, sign)
        return at_once.refused(claimed, refusal, self.where, self.clock())

    def _answered(self, claimed: Claimed, code: str, sign: Sign) -> None:
        """Learn whether our sender and the platform are in order; all workers hear of it with the next settling."""
        if self.circuit.answered(sign is Sign.FAILED) or sign is Sign.STOPPED:
            log.critical("sender stopped", channel=self.channel.name, code=code)
            self.unwritten.learned(Broke(code))
        elif claimed.probe and sign is Sign.FAILED:
            self.unwritten.learned(Broke(code))
        elif claimed.probe and sign is Sign.WORKS:
            self.unwritten.learned(Took(claimed.id))


def _may_be_template(claimed: Claimed) -> bool:
    """Whether it may leave as a template after a silence: a reply, or where its broadcast tries that first."""
    return claimed.broadcast is None or claimed.outside[:1] == (Way.TEMPLATE,)
