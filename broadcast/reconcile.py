"""Asking a platform what became of what we do not know."""

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
from storage.outbox.unknowns import Claimant, UnknownDelivery

SOONEST = timedelta(minutes=2)
"""Before that the platform's own report may still come, and its list may not have it yet."""
ABSENT = timedelta(minutes=15)
"""What is not in the platform's list by then never got there."""
KEPT = timedelta(hours=24)
"""How long a text is kept for that, and asked after."""
PAUSES = (
    (ABSENT, timedelta(minutes=2)),
    (LATEST, timedelta(minutes=10)),
    (timedelta(hours=4), timedelta(hours=1)),
    (KEPT, timedelta(hours=4)),
)
"""How long what is younger than the first is not asked after again: most of it is known at once, or never."""
MOST = 500

Heard = Callable[[Session, Sequence[Report], datetime], Awaitable[None]]
"""What takes a platform's word, whether it came by itself or was asked for."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: how many have a fate now, how many leave once more."""

    found: int = 0
    resent: int = 0


async def ask(
    database: Database, keys: Keyring, channel: Channel, heard: Heard, now: datetime, closing: asyncio.Event
) -> Asked:
    """Settle what is unknown on this channel, as far as the platform knows it. Raises a child of `NotSent`.

    Once `closing` is set the platform is not waited for.
    """
    if channel.history is None:
        async with database.writing() as session:
            resent = await unknowns.resend_allowed(session, channel.name, now - LATEST, now - ABSENT, now)
        return Asked(resent=resent)
    async with database.reading() as session:
        waiting = await unknowns.to_ask(session, keys, channel.name, now - KEPT, now - SOONEST, now, MOST)
    if not waiting:
        return Asked()
    traces = await unless(closing, _traces(channel.history, waiting))
    if traces is None:
        return Asked()
    async with database.writing() as session:
        asked = await _settle(session, channel.name, waiting, traces, heard, now)
    log.info("asked", channel=channel.name, found=asked.found, resent=asked.resent)
    return asked


async def _traces(history: History, waiting: Sequence[UnknownDelivery]) -> list[Trace]:
    traces: dict[str, Trace] = {}
    for window in windows(waiting):
        async for trace in history.sent(window.since, window.until, window.people):
            traces[trace.provider_id] = trace
    return list(traces.values())


async def _settle(
    session: Session,
    channel: str,
    waiting: Sequence[UnknownDelivery],
    traces: Sequence[Trace],
    heard: Heard,
    now: datetime,
) -> Asked:
    people = sorted({unknown.person for unknown in waiting})
    claimed = await unknowns.claimed(session, people)
    claimants = await unknowns.claimants(session, people)
    waiting, others = _still_waiting(waiting, claimants), _others(waiting, claimants)
    found = matched(waiting, others, [trace for trace in traces if trace.provider_id not in claimed])
    await heard(session, [_report(channel, name, trace) for name, trace in found.items()], now)
    open_ = [trace for trace in traces if not claimed.get(trace.provider_id)]
    absent = [unknown.id for unknown in waiting if _may_leave(unknown, now) and _is_absent(unknown, open_)]
    resent = await unknowns.resend(session, absent, now) if absent else 0
    for due, ids in _later(waiting, now).items():
        await unknowns.ask_later(session, ids, due)
    return Asked(len(found), resent)


def _still_waiting(waiting: Sequence[UnknownDelivery], claimants: Sequence[Claimant]) -> list[UnknownDelivery]:
    """While the platform was asked, it may have reported by itself."""
    still = {claimant.id for claimant in claimants}
    return [unknown for unknown in waiting if unknown.id in still]


def _others(waiting: Sequence[UnknownDelivery], claimants: Sequence[Claimant]) -> list[UnknownDelivery]:
    """What else of ours a message to the same address may be."""
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
    """Certainly: there is no message to this person that may be it, taken for another one's or not."""
    return not any(may_be(unknown, trace) for trace in open_)


def _later(waiting: Sequence[UnknownDelivery], now: datetime) -> Mapping[datetime, list[str]]:
    """When to ask again after what is still unknown then."""
    later: dict[datetime, list[str]] = defaultdict(list)
    for unknown in waiting:
        later[now + _pause(now - unknown.began)].append(unknown.id)
    return later


def _pause(age: timedelta) -> timedelta:
    return next((pause for younger, pause in PAUSES if age < younger), PAUSES[-1][1])


def _report(channel: str, delivery: str, trace: Trace) -> Report:
    """The platform has it: even what is only accepted there has been sent by us."""
    status = Status.SENT if trace.status is Status.ACCEPTED else trace.status
    return Report(channel, delivery, trace.provider_id, status, trace.code or Code.FOUND, trace.verdict)
