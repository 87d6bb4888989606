"""What comes in waits here for its transaction: what is written at the same time is taken together."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog

from broadcast.wake import Waker
from broadcast.watch import Observe, unobserved
from channels.messages import Message, Report
from handlers import deliveries
from handlers.conversations import Deployment, Misunderstood, Unanswered, hear
from handlers.talk.boards import NoProcess
from handlers.talk.patience import Why
from storage import Conflict, Database, events, is_away

MOST_TOGETHER = 100
TRIES = 3
ALARMS = {Why.REPLIES: "flood: replies", Why.NEWCOMERS: "flood: newcomers"}
QUIET = timedelta(hours=1)
"""How long an alarm that was given is not given again."""

log = structlog.get_logger()


class ComeAgain(Exception):
    """We cannot keep anything now: the platform has to come again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    what: Message | Report
    kept: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Whether it is; False when it has to come again."""

    @property
    def who(self) -> tuple[str, str]:
        """Nobody has two messages in one batch: the second has to find what the first left."""
        if isinstance(self.what, Message):
            return self.what.channel, self.what.sender
        return "report", self.what.delivery


class FairQueue:
    """What waits, person by person, each in the order it came: who has much waiting keeps nobody else waiting."""

    def __init__(self) -> None:
        self._people: OrderedDict[tuple[str, str], deque[_Waiting]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._people)

    def add(self, one: _Waiting) -> None:
        self._people.setdefault(one.who, deque()).append(one)

    def next_batch(self, most: int) -> list[_Waiting]:
        """One of each, of those who have waited longest for their turn; who has more comes again after all others."""
        batch: list[_Waiting] = []
        again: list[tuple[tuple[str, str], deque[_Waiting]]] = []
        while self._people and len(batch) < most:
            who, theirs = self._people.popitem(last=False)
            batch.append(theirs.popleft())
            if theirs:
                again.append((who, theirs))
        self._people.update(again)
        return batch


@dataclass(slots=True)
class Inbox:
    """Everything that comes in, until it is kept. One task takes it in batches.

    `take` waits for that task: a message goes in there, and into `handlers.hear` in `_keep`.
    """

    database: Database
    deployment: Deployment
    waker: Waker
    clock: Callable[[], datetime]
    queue: FairQueue = field(default_factory=FairQueue)
    taking: asyncio.Task[None] | None = None
    observe: Observe = unobserved
    alarmed: dict[Unanswered, datetime] = field(default_factory=dict)

    async def take(self, what: Sequence[Message | Report]) -> None:
        """Returns when all of it is durably kept. Raises `ComeAgain` when it is not and has to come again."""
        waiting = [_Waiting(one) for one in what]
        for one in waiting:
            self.queue.add(one)
        if self.queue and self.taking is None:
            self.taking = asyncio.create_task(self._take_all())
        if not all([await one.kept for one in waiting]):
            raise ComeAgain

    async def close(self) -> None:
        """Let what waits be kept."""
        if self.taking is not None:
            await self.taking

    async def _take_all(self) -> None:
        try:
            while self.queue:
                await self._take_batch(self.queue.next_batch(MOST_TOGETHER))
                await self.waker.wake()
        finally:
            self.taking = None

    async def _take_batch(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._keep_or_again([one.what for one in batch])
        except Exception as fault:
            if len(batch) == 1:
                await self._take_alone(batch[0], fault)
            elif is_away(fault):
                for one in batch:
                    _settle(one, kept=False)
            else:
                for one in batch:
                    await self._take_batch([one])
        else:
            for one in batch:
                _settle(one)

    async def _keep_or_again(self, batch: Sequence[Message | Report]) -> None:
        """A connection that broke, or two transactions that waited for each other: the next try may well succeed."""
        try:
            await self._keep(batch)
        except Exception as fault:
            if not is_away(fault):
                raise
            await self._keep(batch)

    async def _keep(self, batch: Sequence[Message | Report]) -> None:
        now = self.clock()
        noted: list[Unanswered | Misunderstood] = []
        async with self.database.writing() as session:
            if messages := [one for one in batch if isinstance(one, Message)]:
                noted = await hear(session, self.deployment, messages, now)
            if said := [one for one in batch if isinstance(one, Report)]:
                await deliveries.report(session, said, now, tuple(self.deployment.channels))
        for note in noted:
            self._note(note, now)

    def _note(self, noted: Unanswered | Misunderstood, now: datetime) -> None:
        if isinstance(noted, Misunderstood):
            self.observe("misunderstood", flow=noted.flow, question=str(noted.question))
        else:
            self._note_unanswered(noted, now)

    def _note_unanswered(self, unanswered: Unanswered, now: datetime) -> None:
        self.observe("unanswered", channel=unanswered.channel, state=unanswered.why)
        alarmed = self.alarmed.get(unanswered)
        if unanswered.why in ALARMS and (alarmed is None or now - alarmed > QUIET):
            self.alarmed[unanswered] = now
            log.critical(ALARMS[unanswered.why], channel=unanswered.channel)

    async def _take_alone(self, one: _Waiting, fault: Exception) -> None:
        """One message that failed: again if that can help, else parked, so that it does not block its chat."""
        for _try in range(TRIES):
            if not isinstance(fault, Conflict):
                break
            try:
                await self._keep([one.what])
            except Exception as again:
                fault = again
            else:
                return _settle(one)
        if is_away(fault) or isinstance(fault, NoProcess | Conflict):
            log.error("cannot keep anything", fault=type(fault).__name__)
            return _settle(one, kept=False)
        if isinstance(one.what, Report):
            # Nobody wrote it, so nobody can take it up by hand: the platform has to say it again.
            log.error("report failed", channel=one.what.channel, fault=type(fault).__name__)
            return _settle(one, kept=False)
        try:
            await self._park(one.what, fault)
        except Exception as worse:
            log.error("cannot park", fault=type(worse).__name__)
            return _settle(one, kept=False)
        return _settle(one)

    async def _park(self, what: Message, fault: Exception) -> None:
        self.observe("turns", channel=what.channel, state="parked")
        log.error("parked", channel=what.channel, fault=type(fault).__name__)
        name = events.name(self.deployment.keys, what.channel, what.event)
        index = self.deployment.keys.index(what.channel, what.sender)
        body = msgspec.json.encode(what).decode()
        with suppress(Conflict):
            async with self.database.writing() as session:
                await events.park(
                    session, self.deployment.keys, name, what.channel, index, body, type(fault).__name__, self.clock()
                )


def _settle(one: _Waiting, kept: bool = True) -> None:
    if not one.kept.done():
        one.kept.set_result(kept)
