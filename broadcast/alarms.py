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
    """A platform has not taken a message. That our sender is stopped is said where its circuit is looked after."""
    _count_and_say(channel, refusal.code, alarms.call(refusal.verdict, sign), observe)


def heard(words: Iterable[Message | Report]) -> None:
    """Say that our sender is stopped, whether or not that can be kept: the platform may not say it again."""
    for word in words:
        if isinstance(word, Report) and _call(word).stopped:
            log.critical("sender stopped", channel=word.channel, code=word.code)


def kept(report: Report, observe: Observe) -> None:
    """A platform's report is kept."""
    observe("reports", channel=report.channel, state=report.status, code=report.code)
    if report.status is Status.FAILED:
        _count_and_say(report.channel, report.code, _call(report), observe)


def _call(report: Report) -> Call:
    return alarms.call(report.verdict, senders.by_report(report.verdict))


def _count_and_say(channel: str, code: str, call: Call, observe: Observe) -> None:
    if call.counted:
        observe("alarms", channel=channel, name=call.counted, code=code)
    if call.act_now:
        log.critical("somebody has to act", channel=channel, code=code)
