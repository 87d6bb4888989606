"""What comes in waits here for its transaction: messages and reports of one moment are taken together."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from broadcast.wake import Waker
from broadcast.watch import Observe, unobserved
from channels import others
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
    word: Message | Report
    kept: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Whether it is kept; False when it has to come again."""

    @property
    def line(self) -> tuple[str, str]:
        """No two words of one line are in one batch: the second has to find what the first left."""
        if isinstance(self.word, Message):
            return self.word.channel, self.word.external
        return "report", self.word.delivery


class FairQueue:
    """What waits, in a line for each person: a person who sends much keeps nobody else waiting."""

    def __init__(self) -> None:
        self._people: OrderedDict[tuple[str, str], deque[_Waiting]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._people)

    def add(self, waiting: _Waiting) -> None:
        self._people.setdefault(waiting.line, deque()).append(waiting)

    def next_batch(self, most: int) -> list[_Waiting]:
        """One of each line, first of those that have waited longest; a line with more goes to the end."""
        batch: list[_Waiting] = []
        again: list[tuple[tuple[str, str], deque[_Waiting]]] = []
        while self._people and len(batch) < most:
            line, waiting = self._people.popitem(last=False)
            batch.append(waiting.popleft())
            if waiting:
                again.append((line, waiting))
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

    async def take(self, words: Sequence[Message | Report]) -> None:
        """Returns when all words are durably kept. Raises `ComeAgain` when they are not and have to come again."""
        batch = [_Waiting(word) for word in words]
        for waiting in batch:
            self.queue.add(waiting)
        if self.queue and self.taking is None:
            self.taking = asyncio.create_task(self._take_all())
        if not all([await waiting.kept for waiting in batch]):
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
            await self._keep_or_again([waiting.word for waiting in batch])
        except Exception as fault:
            if len(batch) == 1:
                await self._take_alone(batch[0], fault)
            elif is_away(fault):
                for waiting in batch:
                    _settle(waiting, kept=False)
            else:
                for waiting in batch:
                    await self._take_batch([waiting])
        else:
            for waiting in batch:
                _settle(waiting)

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
            if messages := [word for word in batch if isinstance(word, Message)]:
                noted = await hear(session, self.deployment, messages, now)
            if reports := [word for word in batch if isinstance(word, Report)]:
                await deliveries.report(session, reports, now, partial(others, self.deployment.channels))
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

    async def _take_alone(self, waiting: _Waiting, fault: Exception) -> None:
        """Take one word that failed again, if that can help, else park it, so that it does not block its chat."""
        for _try in range(TRIES):
            if not isinstance(fault, Conflict):
                break
            try:
                await self._keep([waiting.word])
            except Exception as again:
                fault = again
            else:
                return _settle(waiting)
        if is_away(fault) or isinstance(fault, NoProcess | Conflict):
            log.error("cannot keep anything", fault=type(fault).__name__)
            return _settle(waiting, kept=False)
        if isinstance(waiting.word, Report):
            # No person wrote it, so no human can take it up: the platform has to report it again.
            log.error("report failed", channel=waiting.word.channel, fault=type(fault).__name__)
            return _settle(waiting, kept=False)
        try:
            await self._park(waiting.word, fault)
        except Exception as worse:
            log.error("cannot park", fault=type(worse).__name__)
            return _settle(waiting, kept=False)
        return _settle(waiting)

    async def _park(self, message: Message, fault: Exception) -> None:
        self.observe("turns", channel=message.channel, state="parked")
        log.error("parked", channel=message.channel, fault=type(fault).__name__)
        keys = self.deployment.keys
        parked = events.NewParked(
            id=events.name(keys, message.channel, message.event),
            channel=message.channel,
            index=keys.index(message.channel, message.external),
            body=msgspec.json.encode(message).decode(),
            fault=type(fault).__name__,
            at=self.clock(),
        )
        with suppress(Conflict):
            async with self.database.writing() as session:
                await events.park(session, keys, parked)


def _settle(waiting: _Waiting, kept: bool = True) -> None:
    if not waiting.kept.done():
        waiting.kept.set_result(kept)
