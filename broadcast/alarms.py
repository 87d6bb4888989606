"""Calling somebody when a platform's code concerns more than one message."""

import structlog

from broadcast.watch import Observe
from channels.verdicts import Act, Alarm, Verdict

log = structlog.get_logger()


def call(channel: str, code: str, verdict: Verdict, observe: Observe) -> None:
    """Count what somebody should look at, and say in the log what somebody has to act on now."""
    if verdict.alarm in (Alarm.NONE, Alarm.COUNT):
        return
    observe("alarms", channel=channel, name=verdict.alarm.name.lower(), code=code)
    # Of a sender that is stopped it is said where that is noticed.
    if verdict.alarm is Alarm.PAGE and verdict.act is not Act.STOP:
        log.critical("somebody has to act", channel=channel, code=code)
