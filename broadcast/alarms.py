"""Calling somebody when a platform's code concerns more than one message."""

from collections.abc import Iterable

import structlog

from broadcast.watch import Observe
from channels.messages import Message, NotSent, Report, Status
from outcomes import alarms, senders
from outcomes.alarms import Call
from outcomes.senders import Sign

log = structlog.get_logger()


def refused(channel: str, refusal: NotSent, sign: Sign, observe: Observe) -> None:
    """Count and log that a platform has not taken a message; `Sending` logs when our sender is stopped."""
    _count_and_say(channel, refusal.code, alarms.call(refusal.verdict, sign), observe)


def heard(words: Iterable[Message | Report]) -> None:
    """Log that our sender is stopped even if the report cannot be kept: the platform may not repeat it."""
    for word in words:
        if isinstance(word, Report) and senders.by_report(word.verdict) is Sign.STOPPED:
            log.critical("sender stopped", channel=word.channel, code=word.code)


def kept(report: Report, observe: Observe) -> None:
    """Count a platform's report that is kept, and log it if somebody has to act."""
    observe("reports", channel=report.channel, state=report.status, code=report.code)
    if report.status is Status.FAILED:
        call = alarms.call(report.verdict, senders.by_report(report.verdict))
        _count_and_say(report.channel, report.code, call, observe)


def _count_and_say(channel: str, code: str, call: Call, observe: Observe) -> None:
    if call.counted:
        observe("alarms", channel=channel, name=call.counted, code=code)
    if call.act_now:
        log.critical("somebody has to act", channel=channel, code=code)
