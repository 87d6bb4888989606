"""A platform says what became of messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from channels.messages import COMMON, Report, Status
from channels.verdicts import OUT_OF_ORDER, Act, Verdict
from storage import Session, addresses, broadcasts, circuits, marks, templates
from storage.addresses import Change
from storage.outbox import reports
from storage.outbox.deliveries import LONGEST_SILENCE, SHUT
from storage.outbox.reports import Failed, Word

STATES = {
    Status.SENT: "sent",
    Status.DELIVERED: "delivered",
    Status.READ: "delivered",
    Status.FAILED: "failed",
}
"""What a platform's word makes of a delivery; "accepted" makes nothing of it that we did not know."""
GROWS, MOST_GROWTH = 4, 4
"""How many times longer each wait is than the one before: half an hour, two hours, eight."""

SOON = timedelta(minutes=1)
KNOWN = timedelta(seconds=30)
"""By then every worker knows that a template is not to be used any more."""

log = structlog.get_logger()


async def report(session: Session, said: Sequence[Report], now: datetime, elsewhere: Sequence[str] = ()) -> None:
    """Keep what was said, and let it count if it outranks what is known: order and repeats do not matter.

    `elsewhere`: the channels on which somebody may be looked for who is lost on this one.
    """
    words = [Word(one.delivery, one.provider_id, one.status, one.code, STATES.get(one.status)) for one in said]
    verdicts = {one.delivery: one for one in reversed(said) if one.status is Status.FAILED}
    failed_now = await reports.take(session, words, now)
    # In one order, so that two who hear of the same people never wait for each other.
    in_order = sorted(failed_now, key=lambda one: one.address or "")
    ended = [one for one in in_order if not await _follow(session, one, verdicts[one.delivery], elsewhere, now)]
    await reports.end(session, ended)


async def _follow(session: Session, failed: Failed, said: Report, elsewhere: Sequence[str], now: datetime) -> bool:
    """What a failure that came late means for the message, for its person's address, for our sender.

    Whether the message leaves again.
    """
    verdict = said.verdict
    if verdict.act is Act.STOP:
        await circuits.break_(session, said.channel, said.code, now + OUT_OF_ORDER, now)
    elif verdict.reach is not None:
        await circuits.prove(session, [failed.delivery], now)
    elif verdict.act is Act.EXPIRE:
        await reports.expire(session, failed)
    elif verdict.act is Act.TEMPLATE:
        await templates.refuse(session, said.channel, failed.delivery, COMMON, said.code)
    if verdict.act is Act.WAIT and verdict.everyone:
        await _slow(session, said.channel, verdict.after, now)
    if verdict.halts and failed.broadcast is not None and await broadcasts.pause(session, failed.broadcast):
        log.critical("broadcast paused", channel=said.channel, code=said.code, broadcast=failed.broadcast)
    again = _again(failed, verdict, now)
    if again is not None:
        waits = verdict.act is Act.SHUT or (verdict.act is Act.TEMPLATE and failed.broadcast is not None)
        await reports.again(session, failed, again, SHUT if waits else said.code)
    if failed.address is not None:
        change = _change(failed.address, failed, verdict, elsewhere, now)
        await addresses.learn(session, change, failed.delivery, now)
    return again is not None


async def _slow(session: Session, channel: str, wait: timedelta, now: datetime) -> None:
    """Bulletins wait for so long from now on; what people asked for goes on. Many say so at once: a few write it."""
    until = await marks.at(session, marks.slow(channel))
    if until is None or until < now + wait * 0.9:
        await marks.put(session, marks.slow(channel), now + wait)


def _again(failed: Failed, verdict: Verdict, now: datetime) -> datetime | None:
    """When it may leave once more; None: it has failed."""
    match verdict.act:
        case Act.STOP:
            return now + OUT_OF_ORDER
        case Act.SHUT:
            # The first time it leaves again at once: now that we know of the silence, as its broadcast says.
            return now if not failed.attempts else failed.not_after or now + LONGEST_SILENCE
        case Act.TEMPLATE if failed.broadcast is not None:
            return (failed.not_after or now + LONGEST_SILENCE) if failed.attempts else now + KNOWN
        case Act.TEMPLATE | Act.DROP if failed.broadcast is None:
            # Once more, without buttons.
            plainly = verdict.plainly or verdict.act is Act.TEMPLATE
            return now if plainly and not failed.attempts else None
        case Act.WAIT if failed.attempts + 1 < verdict.tries:
            return _later(failed, verdict, now)
        case _:
            return None


def _later(failed: Failed, verdict: Verdict, now: datetime) -> datetime | None:
    """A reply soon or not at all: whatever else is said to its person waits behind it."""
    wait = max(verdict.after, timedelta(seconds=1))
    if failed.broadcast is None:
        return now + wait if wait <= SOON else None
    due = now + wait * GROWS ** min(failed.attempts, MOST_GROWTH)
    return due if failed.not_after is None or due < failed.not_after else None


def _change(address: str, failed: Failed, verdict: Verdict, elsewhere: Sequence[str], now: datetime) -> Change:
    waits_for_them = verdict.act is Act.SHUT or (
        verdict.act is Act.TEMPLATE and failed.broadcast is not None and failed.attempts > 0
    )
    return Change(
        address=address,
        reach=verdict.reach,
        strikes=verdict.strikes,
        within=verdict.within,
        lasts=verdict.lasts,
        shut=(failed.began or now) if waits_for_them else None,
        elsewhere=tuple(elsewhere) if verdict.elsewhere else (),
    )
