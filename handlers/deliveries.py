"""A platform says what became of messages."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from channels.messages import COMMON, Report, Status
from channels.verdicts import OUT_OF_ORDER
from outcomes import by_report, senders
from outcomes.senders import Sign
from storage import Session, addresses, broadcasts, circuits, marks, templates
from storage.outbox import reports
from storage.outbox.deliveries import Outcome
from storage.outbox.reports import Failed, Word
from storage.states import State

log = structlog.get_logger()


def nowhere(_sender: str) -> Sequence[str]:
    return ()


async def report(
    session: Session, words: Sequence[Report], now: datetime, elsewhere: Callable[[str], Sequence[str]] = nowhere
) -> None:
    """Keep what was said, and let it count if it outranks what is known: order and repeats do not matter.

    `elsewhere` gives the senders by which somebody may be looked for who is lost at this one.
    """
    failures = {word.delivery: word for word in reversed(words) if word.status is Status.FAILED}
    failed_now = await reports.take(session, [_word(word) for word in words], now)
    ended = []
    # In one order, so that two who hear of the same people never wait for each other.
    for failed in sorted(failed_now, key=lambda failed: failed.address or ""):
        failure = failures[failed.delivery]
        outcome = by_report.failed(failed, failure, elsewhere(failure.channel), now)
        await _follow(session, failed, failure, outcome, now)
        if outcome.due is None:
            ended.append(failed)
    await reports.end(session, ended)


def _word(report: Report) -> Word:
    return Word(report.delivery, report.provider_id, report.status, report.code, by_report.STATES.get(report.status))


async def _follow(session: Session, failed: Failed, failure: Report, outcome: Outcome, now: datetime) -> None:
    """What a failure that came late means for our sender, for the message, and for its person's address."""
    await _of_sender(session, failed, failure, now)
    if outcome.halts is not None and await broadcasts.pause(session, outcome.halts):
        log.critical("broadcast paused", channel=failure.channel, code=failure.code, broadcast=outcome.halts)
    if outcome.state == State.EXPIRED:
        await reports.expire(session, failed)
    if outcome.due is not None:
        await reports.again(session, failed, outcome.due, outcome.code or failure.code)
    if outcome.change is not None:
        await addresses.learn(session, outcome.change, failed.delivery, now)


async def _of_sender(session: Session, failed: Failed, failure: Report, now: datetime) -> None:
    """Whether our sender is in order, which of its templates are not used any more, how long its bulletins wait."""
    match senders.by_report(failure.verdict):
        case Sign.STOPPED:
            await circuits.break_(session, failure.channel, failure.code, now + OUT_OF_ORDER, now)
        case Sign.WORKS:
            await circuits.prove(session, [failed.delivery], now)
    if by_report.refuses_template(failure.verdict):
        await templates.refuse(session, failure.channel, failed.delivery, COMMON, failure.code)
    pause = senders.pause_by_report(failure.verdict)
    if pause is not None:
        await _slow(session, failure.channel, pause, now)


async def _slow(session: Session, channel: str, pause: timedelta, now: datetime) -> None:
    """Bulletins wait for so long from now on; what people asked for goes on. Many say so at once: a few write it."""
    until = await marks.at(session, marks.slow(channel))
    if until is None or until < now + pause * 0.9:
        await marks.put(session, marks.slow(channel), now + pause)
