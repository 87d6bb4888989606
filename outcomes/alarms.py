"""Whether somebody has to look at how often a platform's code comes, or has to act now."""

from dataclasses import dataclass

from channels.verdicts import Alarm, Verdict
from outcomes.senders import Sign


@dataclass(frozen=True, slots=True)
class Call:
    """What is counted and what is said of one code, the same at once and by report."""

    counted: str = ""
    """The name by which it is counted; "" where nobody has to look at it."""
    act_now: bool = False
    """Somebody has to act now, though our sender is in order."""


def call(verdict: Verdict, sign: Sign) -> Call:
    """`sign`: what the same word shows of our sender."""
    return Call(
        counted="" if verdict.alarm in (Alarm.NONE, Alarm.COUNT) else verdict.alarm.name.lower(),
        act_now=verdict.alarm is Alarm.PAGE and sign is not Sign.STOPPED,
    )
