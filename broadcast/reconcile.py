"""Asking a platform what became of deliveries of unknown fate."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from broadcast.closing import unless
from broadcast.matching import LATEST, matched, may_be, windows
from channels import Channel, History
from channels.messages import Report, Status, Trace
from storage import Database, Keyring, Session
from storage.codes import Code
from storage.outbox import unknowns
from storage.outbox.unknowns import Begun, Claimant, UnknownDelivery

SOONEST = timedelta(minutes=2)
"""Before that the platform's own report may still come, and its list may not have it yet."""
ABSENT = timedelta(minutes=15)
"""A delivery that is not in the platform's list by then never got there."""
KEPT = timedelta(hours=24)
"""How long the platform is asked about a delivery, and its text is kept for that."""
PAUSES = (
    (ABSENT, timedelta(minutes=2)),
    (LATEST, timedelta(minutes=10)),
    (timedelta(hours=4), timedelta(hours=1)),
    (KEPT, timedelta(hours=4)),
)
"""How long a delivery that is younger than the first is not asked about again: most are known at once, or never."""
MOST = 500

TakeReports = Callable[[Session, Sequence[Report], datetime], Awaitable[None]]
"""Takes a platform's reports, whether they came by themselves or we asked for them."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of asking: how many have a fate now, how many leave once more."""

    found: int = 0
    resent: int = 0


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Whom to ask about one channel's unknown deliveries, and where the answers go.

    Once `closing` is set the platform is not waited for.
    """

    database: Database
    keys: Keyring
    channel: Channel
    take: TakeReports
    closing: asyncio.Event

    async def ask(self, now: datetime) -> Reconciled:
        """Settle what is unknown, as far as the platform knows it. Raises a child of `NotSent`."""
        if self.channel.history is None:
            return await self._resend_allowed(now)
        begun = Begun(self.channel.name, after=now - KEPT, before=now - SOONEST)
        async with self.database.reading() as session:
            waiting = await unknowns.to_ask(session, self.keys, begun, now, MOST)
        if not waiting:
            return Reconciled()
        traces = await unless(self.closing, _traces(self.channel.history, waiting))
        if traces is None:
            return Reconciled()
        async with self.database.writing() as session:
            reconciled = await self._settle(session, waiting, traces, now)
        log.info("asked", channel=self.channel.name, found=reconciled.found, resent=reconciled.resent)
        return reconciled

    async def _resend_allowed(self, now: datetime) -> Reconciled:
        begun = Begun(self.channel.name, after=now - LATEST, before=now - ABSENT)
        async with self.database.writing() as session:
            resent = await unknowns.resend_allowed(session, begun, now)
        return Reconciled(resent=resent)

    async def _settle(
        self, session: Session, waiting: Sequence[UnknownDelivery], traces: Sequence[Trace], now: datetime
    ) -> Reconciled:
        people = sorted({unknown.person for unknown in waiting})
        claimed = await unknowns.claimed(session, people)
        claimants = await unknowns.claimants(session, people)
        waiting, others = _still_waiting(waiting, claimants), _others(waiting, claimants)
        matches = matched(waiting, others, [trace for trace in traces if trace.provider_id not in claimed])
        reports = [_report(self.channel.name, delivery, trace) for delivery, trace in matches.items()]
        await self.take(session, reports, now)
        open_ = [trace for trace in traces if not claimed.get(trace.provider_id)]
        absent = [unknown.id for unknown in waiting if _may_leave(unknown, now) and _is_absent(unknown, open_)]
        resent = await unknowns.resend(session, absent, now) if absent else 0
        for due, ids in _later(waiting, now).items():
            await unknowns.ask_later(session, ids, due)
        return Reconciled(len(matches), resent)


async def _traces(history: History, waiting: Sequence[UnknownDelivery]) -> list[Trace]:
    traces: dict[str, Trace] = {}
    for window in windows(waiting):
        async for trace in history.sent(window.since, window.until, window.people):
            traces[trace.provider_id] = trace
    return list(traces.values())


def _still_waiting(waiting: Sequence[UnknownDelivery], claimants: Sequence[Claimant]) -> list[UnknownDelivery]:
    """While the platform was asked, it may have reported by itself."""
    still = {claimant.id for claimant in claimants}
    return [unknown for unknown in waiting if unknown.id in still]


def _others(waiting: Sequence[UnknownDelivery], claimants: Sequence[Claimant]) -> list[UnknownDelivery]:
    """Other deliveries to the same addresses: a message may belong to one of them as well."""
    known = {unknown.id for unknown in waiting}
    at = {unknown.address: unknown for unknown in waiting}
    return [
        replace(at[claimant.address], id=claimant.id, began=claimant.began)
        for claimant in claimants
        if claimant.id not in known and claimant.address in at
    ]


def _may_leave(unknown: UnknownDelivery, now: datetime) -> bool:
    return now - LATEST < unknown.began < now - ABSENT


def _is_absent(unknown: UnknownDelivery, open_: Sequence[Trace]) -> bool:
    """Whether no message to this person may be this delivery, not even one that is taken for another's by a guess."""
    return not any(may_be(unknown, trace) for trace in open_)


def _later(waiting: Sequence[UnknownDelivery], now: datetime) -> Mapping[datetime, list[str]]:
    """When to ask again, and about which deliveries, if they are still unknown then."""
    later: dict[datetime, list[str]] = defaultdict(list)
    for unknown in waiting:
        later[now + _pause(now - unknown.began)].append(unknown.id)
    return later


def _pause(age: timedelta) -> timedelta:
    return next((pause for younger, pause in PAUSES if age < younger), PAUSES[-1][1])


def _report(channel: str, delivery: str, trace: Trace) -> Report:
    """The platform has it: even a message that is only accepted there was sent by us."""
    status = Status.SENT if trace.status is Status.ACCEPTED else trace.status
    return Report(channel, delivery, trace.provider_id, status, trace.code or Code.FOUND, trace.verdict)
