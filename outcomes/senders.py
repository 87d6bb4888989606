"""What a platform's word shows of our sender, and what of it has to wait."""

from datetime import timedelta
from enum import Enum

from channels.messages import Later, NotSent, Stopped, Unknown
from channels.verdicts import Act, Verdict

TOO_MANY_REQUESTS = "429"
"""We were too fast for a platform that is well: its pace says how to go on."""


class Sign(Enum):
    """What one answer shows."""

    STOPPED = "the platform refuses us as a whole"
    FAILED = "the platform itself failed, or the way to it: often enough, and it is out of order"
    WORKS = "the platform takes messages of ours"
    NOTHING = "it was about this message alone"


def at_once(refusal: NotSent | None, reports: bool) -> Sign:
    """What an answer shows. `refusal` is None where the message was accepted.

    That one message alone was refused shows that the platform takes others of ours. Not where it `reports`: it may say
    only there that it refuses us as a whole.
    """
    match refusal:
        case None:
            return Sign.WORKS
        case Stopped():
            return Sign.STOPPED
        case Unknown():
            return Sign.FAILED
        case Later(everyone=True) if refusal.code != TOO_MANY_REQUESTS:
            return Sign.FAILED
        case _:
            return Sign.NOTHING if reports else Sign.WORKS


def by_report(verdict: Verdict) -> Sign:
    """What a report of a failure shows. Never `FAILED`: a platform that tells us what became of messages is well."""
    if verdict.act is Act.STOP:
        return Sign.STOPPED
    # Refused for its person's sake, it had left.
    return Sign.NOTHING if verdict.reach is None else Sign.WORKS


def pause_at_once(refusal: NotSent) -> timedelta | None:
    """For how long nothing leaves: the platform takes nothing at this moment, and replies would be refused too."""
    return refusal.after if isinstance(refusal, Later) and refusal.everyone else None


def pause_by_report(verdict: Verdict) -> timedelta | None:
    """For how long no bulletin leaves: they are what there is too much of, and meanwhile replies may well be taken."""
    return verdict.after if verdict.act is Act.WAIT and verdict.everyone else None
