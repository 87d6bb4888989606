"""Sending what waits in the outbox: claim, commit, send, settle."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

import msgspec
import structlog

import flows
from broadcast import alarms
from broadcast.circuit import PROOF, Broke, Circuit, News, Took
from broadcast.daytime import opens
from broadcast.departures import Departure, Departures
from broadcast.pace import Pacer, Places
from broadcast.wake import Bell
from broadcast.watch import Observe, unobserved
from channels import Channel
from channels.messages import NotSent, Outgoing, Shut, TooFast, Unknown, unpacked
from channels.verdicts import OUT_OF_ORDER, WIRE
from outcomes import at_once, senders
from outcomes.at_once import Where
from outcomes.senders import Sign
from storage import Database, Keyring, Session, circuits, is_away
from storage.broadcasts import Hours
from storage.lanes import Lane
from storage.outbox import claims, deliveries
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import SHUT, Outcome

LEASE = timedelta(seconds=60)
"""How long a claim is ours. Longer than any send may take."""
LONGEST_SEND = timedelta(seconds=20)
FRESH = timedelta(seconds=5)
"""How old a claim may be when its send begins. Whoever slept on it (a laptop's lid, a paused machine) has lost the
place at the platform's pace, and may have missed a STOP."""
POLL = timedelta(milliseconds=500)
NO_PLACES = Places((), POLL, Lane.BULLETIN)
OFTEN = timedelta(milliseconds=50)
"""How long what has been sent may wait to be written down..."""
TOGETHER = 20
"""...unless there is so much of it."""
MOST_AT_ONCE = 200
MOST_TO_PUT_OFF = 2000
NIGHT = "night"
"""The code of what waits for its person's morning."""
LATE = "late"
"""The code of what was claimed, and did not leave in time."""
PACE = "pace"
"""The code of what the pace holds back."""
SILENT = "silent"
"""The code of what was for somebody who has not written for so long that their number may be another person's."""
TRIES_TO_SETTLE = 3
AWAY_PAUSE = timedelta(seconds=1)

Told = tuple[News | None, dict[tuple[str, str], datetime]]
"""Of `Sender`: its `news`, and who was `asleep`."""

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
    where: Where = field(default_factory=Where)
    settled: list[Outcome] = field(default_factory=list)
    written: float = 0.0
    """When outcomes were last written down, by the monotonic clock."""
    under_way: dict[asyncio.Task[None], str] = field(default_factory=dict)
    """What is being sent, and which delivery that is."""
    departures: Departures = field(init=False)
    timer: asyncio.TimerHandle | None = None
    """When something departs next."""
    unheard: bool = False
    """Whether there may be a claim of ours of which we have not heard that it was committed."""
    circuit: Circuit = field(default_factory=Circuit)
    news: News | None = None
    """What the others have to be told of this sender."""
    asleep: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """The broadcasts and regions in which it is night, and until when."""
    observe: Observe = unobserved

    def __post_init__(self) -> None:
        self.departures = Departures(self.pacer)

    async def run(self, closing: asyncio.Event) -> None:
        """Send until `closing`, then let what is under way end, and settle it. What has not left waits again."""
        with self.bell.listening() as heard:
            while not closing.is_set():
                heard.clear()
                wait = await self._safely(self.step)
                if wait:
                    await _first(heard, closing, wait)
        for lane in Lane:
            self._put_back(lane, timedelta(0), LATE)
        if self.under_way:
            await asyncio.wait(self.under_way)
        for _try in range(TRIES_TO_SETTLE):
            if self.settled or self.unheard:
                await self._safely(self.step_out)

    async def step(self) -> timedelta:
        """Settle what has been sent, claim what may leave now, and let it depart; how long to wait after it."""
        room = MOST_AT_ONCE - len(self.under_way) - len(self.departures.places)
        places = await self.pacer.take(room) if room > 0 else NO_PLACES
        wanted = max(0, len(places) - self.departures.lacking)
        is_due = wanted or self._is_worth_writing(monotonic())
        claimed = await self._settle_and_claim(wanted, places.last_lane) if is_due else []
        departing = await self._departing(claimed)
        self.departures.add(departing, ())
        used = min(len(places), self.departures.lacking)
        await self.pacer.give_back(places, used)
        self.departures.add((), places.at[:used])
        self._depart()
        if len(departing) < len(claimed):
            return timedelta(0)
        wait = POLL if len(claimed) < wanted else places.wait
        return min(wait, OFTEN) if self.under_way or self.settled or len(self.departures) else wait

    async def step_out(self) -> timedelta:
        await self._settle_and_claim(0, Lane.BULLETIN)
        return timedelta(0)

    async def _settle_and_claim(self, places: int, last_lane: int) -> list[Claimed]:
        if not places and not self.settled and not self.unheard:
            return []
        began = monotonic()
        settled, self.settled = self.settled, []
        try:
            async with self.database.writing() as session:
                now = self.clock()
                await deliveries.settle(session, self.owner, settled, now)
                told = await self._tell(session, now)
                if self.unheard:
                    await claims.let_go(session, self.channel.name, self.owner, self._known())
                claimed = await self._claim(session, now, places, last_lane)
        except BaseException:
            self.settled = settled + self.settled
            self.unheard = True
            raise
        self.unheard = False
        self._has_told(told)
        self.written = began
        if claimed:
            self.observe("claims", len(claimed), channel=self.channel.name)
            self.observe("claim", monotonic() - began, channel=self.channel.name)
        return claimed

    def _known(self) -> list[str]:
        """Which claims of ours are not for others."""
        waiting = [departure.claimed.id for lane in self.departures.lanes for departure in lane]
        return [*waiting, *self.under_way.values(), *(outcome.id for outcome in self.settled)]

    def _is_worth_writing(self, now: float) -> bool:
        """A few wait for the next claim, unless that takes long: a transaction for each few would slow all workers."""
        return len(self.settled) >= TOGETHER or now - self.written >= OFTEN.total_seconds()

    async def _claim(self, session: Session, now: datetime, places: int, last_lane: int) -> list[Claimed]:
        if not places:
            return []
        return await claims.claim(
            session, self.keys, self.channel.name, self.owner, now, now + LEASE, places, last_lane
        )

    async def _tell(self, session: Session, now: datetime) -> Told:
        """What every worker has to know of this channel."""
        news, asleep = self.news, dict(self.asleep)
        match news:
            case Broke(code):
                await circuits.break_(session, self.channel.name, code, now + OUT_OF_ORDER, now)
            case Took(name) if await self._works(session, name, now):
                log.warning("sender works again", channel=self.channel.name)
        for (broadcast, region), morning in asleep.items():
            await deliveries.put_off(session, broadcast, region, morning, NIGHT, now, MOST_TO_PUT_OFF)
        return news, asleep

    async def _works(self, session: Session, name: str, now: datetime) -> bool:
        """Where a platform reports later what became of a message, having taken it is only half of that."""
        if not self.where.reports:
            return await circuits.mend(session, self.channel.name)
        return await circuits.accepted(session, self.channel.name, name, now + PROOF, now)

    def _has_told(self, told: Told) -> None:
        """It is committed. What has been learned since stays to be told."""
        news, asleep = told
        if self.news == news:
            self.news = None
        self.asleep = {place: morning for place, morning in self.asleep.items() if asleep.get(place) != morning}

    async def _safely(self, work: Callable[[], Awaitable[timedelta]]) -> timedelta:
        """A database that is away is waited for; a fault of our own is said and does not end the sending."""
        try:
            return await work()
        except Exception as fault:
            log.error("sending paused", channel=self.channel.name, fault=type(fault).__name__, away=is_away(fault))
            return AWAY_PAUSE

    async def _departing(self, claimed: Sequence[Claimed]) -> list[Departure]:
        """Those that may leave at this hour, to people who were not written to just now. The others wait again."""
        try:
            return [departure for delivery in await self._may_leave(claimed) if (departure := self._read(delivery))]
        except BaseException:
            self.settled += [at_once.again(delivery, self.clock(), LATE) for delivery in claimed]
            raise

    async def _may_leave(self, claimed: Sequence[Claimed]) -> list[Claimed]:
        now = self.clock()
        theirs = [delivery for delivery in claimed if not self._is_recycled(delivery)]
        awake = [delivery for delivery in theirs if not self._sleeps(delivery, now)]
        waits = await self.pacer.for_people([delivery.address for delivery in awake])
        for delivery, wait in zip(awake, waits, strict=True):
            if wait:
                self.settled.append(at_once.again(delivery, now + wait, PACE))
        return [delivery for delivery, wait in zip(awake, waits, strict=True) if not wait]

    def _read(self, claimed: Claimed) -> Departure | None:
        """None, and a failure, where the text cannot be read."""
        try:
            outgoing = _outgoing(claimed)
            return Departure(claimed, outgoing, self.channel.places(outgoing))
        except Exception as fault:
            log.error("unreadable", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            self._ended(Outcome(claimed.id, "failed", code="unreadable"))
            return None

    def _is_recycled(self, claimed: Claimed) -> bool:
        """What is for one person only does not leave to an address that may be somebody else's by now."""
        if claimed.lane != Lane.NOTICE or not claimed.silent_for(self.channel.recycled):
            return False
        self._ended(Outcome(claimed.id, "cancelled", code=SILENT))
        return True

    def _sleeps(self, claimed: Claimed, now: datetime) -> bool:
        if not claimed.hours or claimed.broadcast is None:
            return False
        morning = opens(_hours(claimed.hours), claimed.region, now)
        if morning <= now:
            return False
        self.asleep[claimed.broadcast, claimed.region] = morning
        self.settled.append(at_once.again(claimed, morning, NIGHT))
        return True

    def _depart(self) -> None:
        """Send what may leave at this instant, and come again when the next does."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        for lane in Lane:
            if held := self.pacer.held(lane):
                self._put_back(lane, held, PACE)
        for departure, more in self.departures.leaving(self.pacer.now()):
            task = asyncio.create_task(self._send(departure, more))
            self.under_way[task] = departure.claimed.id
            task.add_done_callback(self.under_way.pop)
        if (instant := self.departures.next) is not None:
            wait = max(0.0, instant - self.pacer.now())
            self.timer = asyncio.get_running_loop().call_later(wait, self._depart_in_time)

    def _depart_in_time(self) -> None:
        self._depart()
        if self.departures.lacking:
            self.bell.here()

    def _put_back(self, lane: int, wait: timedelta, code: str) -> None:
        """Nothing of that lane leaves now: it waits as if nobody had claimed it."""
        now = self.clock()
        for departure in self.departures.take_out(lane):
            self._ended(at_once.again(departure.claimed, now + wait, code))

    async def _send(self, departure: Departure, more: int = 0) -> None:
        """`more`: places that it takes beyond those it has."""
        try:
            await self.pacer.charge(more)
            outcome = await self._outcome(departure)
        except Exception as fault:
            # It may have left, so it is never taken for one that did not.
            claimed = departure.claimed
            log.error("send failed", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            outcome = at_once.refused(claimed, Unknown("fault", WIRE["fault"]), self.where, self.clock())
        self._ended(outcome)

    def _ended(self, outcome: Outcome) -> None:
        """It is written down with what ends at about the same time."""
        self.observe("outcomes", channel=self.channel.name, state=outcome.state, code=outcome.code or "")
        self.settled.append(outcome)
        if len(self.settled) >= TOGETHER:
            self.bell.here()

    async def _outcome(self, departure: Departure) -> Outcome:
        claimed = departure.claimed
        if too_late := self._too_late(claimed):
            return too_late
        if not (in_session := claimed.in_session(self.channel.window)) and not _may_be_template(claimed):
            return await self._refused(claimed, Shut(SHUT))
        began = monotonic()
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                accepted = await self.channel.send(claimed.to, departure.outgoing, claimed.id, in_session)
        except NotSent as refusal:
            return await self._refused(claimed, refusal)
        except Exception as fault:
            log.error("send failed", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            return await self._refused(claimed, Unknown("fault", WIRE["fault"]))
        self.observe("send", monotonic() - began, channel=self.channel.name)
        self.observe("places", accepted.segments, channel=self.channel.name)
        self._answered(claimed, "", senders.at_once(None, self.where.reports))
        await self.pacer.charge(accepted.segments - departure.places)
        return at_once.sent(claimed, accepted, self.where)

    def _too_late(self, claimed: Claimed) -> Outcome | None:
        """What becomes of it when it waited for its place for too long."""
        now = self.clock()
        if claimed.not_after is not None and claimed.not_after <= now:
            return Outcome(claimed.id, "expired", code="not_after")
        return at_once.again(claimed, now, LATE) if now >= claimed.began + FRESH else None

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
        """Whether our sender, or the platform, is in order: told to all workers with the next settling."""
        if self.circuit.answered(sign is Sign.FAILED) or sign is Sign.STOPPED:
            log.critical("sender stopped", channel=self.channel.name, code=code)
            self.news = Broke(code)
        elif claimed.probe and sign is Sign.FAILED:
            self.news = Broke(code)
        elif claimed.probe and sign is Sign.WORKS:
            self.news = Took(claimed.id)


def _may_be_template(claimed: Claimed) -> bool:
    """Whether that is the first that its broadcast tries where no free text is taken."""
    return claimed.broadcast is None or claimed.outside[:1] == ("template",)


@cache
def _hours(packed: str) -> Hours:
    return msgspec.json.decode(packed, type=Hours)


def _outgoing(claimed: Claimed) -> Outgoing:
    if claimed.renditions is None:
        outgoing = unpacked(claimed.body or "")
        return replace(outgoing, plain=True) if claimed.attempts else outgoing
    said = flows.told(claimed.renditions).to(claimed.language)
    return Outgoing(said, claimed.language, purpose=(claimed.subject or "").partition(":")[0])


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
