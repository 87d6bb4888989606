"""Asking a platform what became of what we do not know."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from channels import Channel
from channels.messages import Report, Status, Trace
from storage import Database, Keyring, Session, unknowns
from storage.unknowns import Unknown

SOONEST = timedelta(minutes=2)
"""Before that the platform's own report may still come, and its list may not have it yet."""
ABSENT = timedelta(minutes=15)
"""What is not in the platform's list by then never got there."""
LATEST = timedelta(hours=1)
"""What is older is not sent again: it would be out of place, and this database may be an old copy."""
KEPT = timedelta(hours=24)
"""How long a text is kept for that, and asked after."""
EARLIER, LATER = timedelta(seconds=30), timedelta(seconds=50)
"""Around the claim: when the platform may have written it down. What we claim later is not yet asked after."""
MOST = 500

Heard = Callable[[Session, Sequence[Report], datetime], Awaitable[None]]
"""What takes a platform's word, whether it came by itself or was asked for."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: how many have a fate now, how many leave once more."""

    found: int = 0
    resent: int = 0


async def ask(database: Database, keys: Keyring, channel: Channel, heard: Heard, now: datetime) -> Asked:
    """Settle what is unknown on this channel, as far as the platform knows it. Raises a child of `NotSent`."""
    if channel.history is None:
        async with database.writing() as session:
            resent = await unknowns.resend_allowed(session, channel.name, now - LATEST, now - ABSENT, now)
        return Asked(resent=resent)
    async with database.reading() as session:
        waiting = await unknowns.to_ask(session, keys, channel.name, now - KEPT, now - SOONEST, MOST)
    if not waiting:
        return Asked()
    traces = await channel.history.sent(waiting[0].began - EARLIER)
    async with database.writing() as session:
        known = await unknowns.known(session, [one.person for one in waiting])
        nobodys = [trace for trace in traces if trace.provider_id not in known]
        found = matched(waiting, nobodys)
        await heard(session, [_report(channel.name, name, trace) for name, trace in found.items()], now)
        recent = [one for one in waiting if now - LATEST < one.began < now - ABSENT]
        absent = [one.id for one in recent if not any(_may_be(one, trace) for trace in nobodys)]
        resent = await unknowns.resend(session, absent, now) if absent else 0
    log.info("asked", channel=channel.name, found=len(found), resent=resent)
    return Asked(len(found), resent)


def matched(waiting: Sequence[Unknown], traces: Sequence[Trace]) -> dict[str, Trace]:
    """To each delivery the message to the same person that nobody else knows, of the moment when it left."""
    left = sorted(traces, key=lambda trace: trace.at)
    found: dict[str, Trace] = {}
    for one in sorted(waiting, key=lambda one: one.began):
        for trace in left:
            if _may_be(one, trace):
                found[one.id] = trace
                left.remove(trace)
                break
    return found


def _may_be(one: Unknown, trace: Trace) -> bool:
    """Where two unknown ones may be the same message, the one without it is not known to be absent either."""
    return trace.to == one.to and one.began - EARLIER <= trace.at <= one.began + LATER


def _report(channel: str, delivery: str, trace: Trace) -> Report:
    """The platform has it: even what is only accepted there has been sent by us."""
    status = Status.SENT if trace.status is Status.ACCEPTED else trace.status
    return Report(channel, delivery, trace.provider_id, status, trace.code, trace.verdict)
