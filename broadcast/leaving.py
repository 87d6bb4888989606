"""Which of the claimed deliveries leave now: those that can be read, to people who may be written to at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import structlog

import flows
from broadcast.daytime import opens
from broadcast.departures import Departure
from broadcast.news import NIGHT
from broadcast.pace import Pacer
from broadcast.unwritten import Unwritten
from channels import Channel
from channels.messages import Outgoing, unpacked
from locales import until_corrected
from outcomes import at_once
from storage.lanes import Lane
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import Outcome
from storage.states import State

LATE = "late"
"""The code of a delivery that was claimed and did not leave in time."""
PACE = "pace"
"""The code of a delivery that the pace holds back."""
SILENT = "silent"
"""The code of a delivery whose person has not written for so long that the number may be another person's."""
MOST_TEXTS = 64
"""So many are remembered, of the broadcasts that are leaving, in each language."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Looks at claimed deliveries before they get places of the pace. One that does not leave waits again, or ends."""

    channel: Channel
    pacer: Pacer
    clock: Callable[[], datetime]
    unwritten: Unwritten

    async def departures(self, claimed: Sequence[Claimed]) -> list[Departure]:
        """The deliveries that leave. Where that cannot be found out, all of them wait again."""
        try:
            return [departure for delivery in await self._may_leave(claimed) if (departure := self._read(delivery))]
        except BaseException:
            for delivery in claimed:
                self.unwritten.waits(at_once.again(delivery, self.clock(), LATE))
            raise

    async def _may_leave(self, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Not to an address that may be another person's, not at night, not to a person who was written to just now."""
        now = self.clock()
        safe = [delivery for delivery in claimed if not self._is_recycled(delivery)]
        awake = [delivery for delivery in safe if not self._sleeps(delivery, now)]
        waits = await self.pacer.for_people([delivery.address for delivery in awake])
        for delivery, wait in zip(awake, waits, strict=True):
            if wait:
                self.unwritten.waits(at_once.again(delivery, now + wait, PACE))
        return [delivery for delivery, wait in zip(awake, waits, strict=True) if not wait]

    def _is_recycled(self, claimed: Claimed) -> bool:
        """Whether it is for one person only, and the address may be somebody else's by now: then it is cancelled."""
        if claimed.lane != Lane.NOTICE or not claimed.silent_for(self.channel.recycled):
            return False
        self.unwritten.ended(Outcome(claimed.id, State.CANCELLED, code=SILENT))
        return True

    def _sleeps(self, claimed: Claimed, now: datetime) -> bool:
        if claimed.hours is None or claimed.broadcast is None:
            return False
        morning = opens(claimed.hours, claimed.region, now)
        if morning <= now:
            return False
        self.unwritten.is_night(claimed.broadcast, claimed.region, morning)
        self.unwritten.waits(at_once.again(claimed, morning, NIGHT))
        return True

    def _read(self, claimed: Claimed) -> Departure | None:
        """None, and a failure, where the text cannot be read."""
        try:
            outgoing = outgoing_of(claimed)
            return Departure(claimed, outgoing, self.channel.places(outgoing))
        except Exception as fault:
            log.error("unreadable", channel=self.channel.name, delivery=claimed.id, fault=type(fault).__name__)
            self.unwritten.ended(Outcome(claimed.id, State.FAILED, code="unreadable"))
            return None


def _given(claimed: Claimed) -> flows.Given | None:
    """What a response answers of its reader."""
    answers = claimed.answers
    if answers is None:
        return None
    return flows.Given(answers.day, answers.topic, answers.consultation or "", answers.more)


def outgoing_of(claimed: Claimed) -> Outgoing:
    if claimed.renditions is None:
        outgoing = unpacked(claimed.body or "")
        return replace(outgoing, plain=True) if claimed.attempts else outgoing
    purpose = claimed.subject.kind if claimed.subject else ""
    answered = _given(claimed)
    if answered is None:
        return _same_for_all(claimed.renditions, claimed.language, purpose, claimed.beside_others)
    return flows.told(claimed.renditions).outgoing(claimed.language, purpose, answered, claimed.beside_others)


@until_corrected
@lru_cache(maxsize=MOST_TEXTS)
def _same_for_all(renditions: str, language: str, purpose: str, beside_others: bool) -> Outgoing:
    """What everybody gets who reads this language: it says nothing of any of them, so that it may be remembered."""
    return flows.told(renditions).outgoing(language, purpose, beside_others=beside_others)
