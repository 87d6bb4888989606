"""What a report that a message has failed after all makes of its delivery, and of its person's address."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from channels.messages import Report, Status
from channels.verdicts import OUT_OF_ORDER, Act, Verdict
from outcomes import addresses, pauses
from storage.addresses import Change
from storage.codes import Code
from storage.outbox.deliveries import LONGEST_SILENCE, Outcome
from storage.outbox.reports import Failed
from storage.states import State

STATES: Mapping[Status, State] = {
    Status.SENT: State.SENT,
    Status.DELIVERED: State.DELIVERED,
    Status.READ: State.DELIVERED,
    Status.FAILED: State.FAILED,
}
"""What a platform's report makes of a delivery; "accepted" makes nothing of it that we did not know."""
KNOWN = timedelta(seconds=30)
"""By then every worker knows that a template is not to be used any more."""


def failed(delivery: Failed, report: Report, elsewhere: Sequence[str], now: datetime) -> Outcome:
    """The delivery after a report; what it says of the address is told with it.

    `elsewhere`: the senders by which a person may be looked for who is lost at this one.
    """
    verdict = report.verdict
    change = _change(delivery, verdict, elsewhere, now)
    halts = delivery.broadcast if verdict.halts else None
    due = _due(delivery, verdict, now)
    if due is None:
        state = State.EXPIRED if verdict.act is Act.EXPIRE else State.FAILED
        return Outcome(
            delivery.delivery, state, code=report.code, attempts=delivery.attempts, change=change, halts=halts
        )
    code = Code.SHUT if verdict.act is Act.SHUT or _lacks_template(delivery, verdict) else report.code
    attempts = delivery.attempts + 1
    return Outcome(delivery.delivery, State.QUEUED, due=due, code=code, attempts=attempts, change=change, halts=halts)


def refuses_template(verdict: Verdict) -> bool:
    """Whether the approved text that a delivery left by is not to be used any more. At once the channel knows it."""
    return verdict.act is Act.TEMPLATE


def _due(delivery: Failed, verdict: Verdict, now: datetime) -> datetime | None:
    """When it may leave once more; None: it has failed."""
    match verdict.act:
        case Act.STOP:
            return now + OUT_OF_ORDER
        case Act.WAIT:
            return _later(delivery, verdict, now)
        case Act.SHUT:
            # The first time it leaves again at once: now that we know of the silence, as its broadcast says.
            return _when_they_write(delivery, now) if delivery.attempts else now
        case Act.TEMPLATE if delivery.broadcast is not None:
            return _when_they_write(delivery, now) if delivery.attempts else now + KNOWN
        case Act.TEMPLATE:
            return _plainly(delivery, now)
        case Act.DROP if verdict.plainly:
            return _plainly(delivery, now)
        case _:
            return None


def _later(delivery: Failed, verdict: Verdict, now: datetime) -> datetime | None:
    if delivery.attempts + 1 >= verdict.tries:
        return None
    is_reply = delivery.broadcast is None
    return pauses.by_report(delivery.attempts, verdict.after, now, is_reply=is_reply, not_after=delivery.not_after)


def _when_they_write(delivery: Failed, now: datetime) -> datetime:
    return delivery.not_after or now + LONGEST_SILENCE


def _plainly(delivery: Failed, now: datetime) -> datetime | None:
    """A reply leaves once more, without buttons."""
    return now if delivery.broadcast is None and not delivery.attempts else None


def _change(delivery: Failed, verdict: Verdict, elsewhere: Sequence[str], now: datetime) -> Change | None:
    if delivery.address is None:
        return None
    waits_for_them = verdict.act is Act.SHUT or (_lacks_template(delivery, verdict) and delivery.attempts > 0)
    return addresses.learned(
        delivery.address,
        verdict,
        shut=(delivery.began or now) if waits_for_them else None,
        elsewhere=elsewhere if verdict.elsewhere else (),
    )


def _lacks_template(delivery: Failed, verdict: Verdict) -> bool:
    """A reply needs none: it was one with buttons."""
    return verdict.act is Act.TEMPLATE and delivery.broadcast is not None
