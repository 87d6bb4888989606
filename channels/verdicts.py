"""What each error of a platform means: for the message, for the person's address, for our sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

UNCOUNTED = 1_000_000
"""Tries of a message that is only sent too fast, or about which too little is known yet: it ends by its age."""
OUT_OF_ORDER = timedelta(seconds=30)
"""How long nothing is sent where the sender is out of order; then one message tries."""


BLOCKED_BY_MANY, FILTERED_OFTEN = 0.02, 0.01
"""Parts of a day's messages that people, or a carrier, may refuse; where they refuse more, the sender is soon lost."""


class Reach(StrEnum):
    """Whether a person can be written to at an address."""

    ACTIVE = "active"
    OPTED_OUT = "opted_out"
    """They said STOP. Only they can undo it."""
    BLOCKED = "blocked"
    """They blocked us; anything they write undoes it."""
    INVALID = "invalid"
    """The account or the number is gone."""
    NOT_ON_CHANNEL = "not_on_channel"
    """The number is not on this platform, or the chat was never started."""
    UNREACHABLE = "unreachable"
    """The phone has not answered for days: it is tried again after a while."""


class Act(StrEnum):
    """What becomes of the message."""

    WAIT = "try again after a while"
    DROP = "this message will never be taken"
    STOP = "the sender is out of order: stop it and page someone"
    SHUT = "silent for too long: an approved template, or wait, or another channel"
    TEMPLATE = "this template cannot be used: that of another language, or as after a silence"
    UNKNOWN = "it may have arrived: never send it again blindly"
    EXPIRE = "it came too late to be of use"
    DONE = "it is as it should be"


class Alarm(StrEnum):
    """Whom it concerns beside the person."""

    NONE = ""
    COUNT = "watch how many there are"
    CONTENT = "the text or the template is wrong"
    SETTING = "a setting or a registration is wrong"
    FAULT = "our program is wrong"
    PAGE = "somebody has to act now"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one code means."""

    act: Act
    says: str
    """The code in words, for operators."""
    after: timedelta = timedelta(0)
    """How long to wait at least; with `Act.WAIT`."""
    tries: int = 8
    """How often it is tried before it has failed; with `Act.WAIT`."""
    everyone: bool = False
    """The whole sender has to wait, not this message alone; where a report says so, its bulletins."""
    reach: Reach | None = None
    """What the address is from now on; None where the code says nothing about it."""
    strikes: int = 1
    """How often the code has to come within `within` before `reach` holds."""
    within: timedelta = timedelta(days=7)
    lasts: timedelta | None = None
    """How long `reach` holds, unless the person writes before."""
    elsewhere: bool = False
    """Another channel may be tried, if the broadcast allows it and the person has agreed to that channel itself."""
    plainly: bool = False
    """Without buttons it may be taken: a reply is tried once more as plain text."""
    most: float | None = None
    """The part of a day's messages above which somebody has to act; for one alone nobody has."""
    halts: bool = False
    """Its broadcast is paused until somebody has looked at the words."""
    alarm: Alarm = Alarm.COUNT


DROPPED = Verdict(Act.DROP, "not in the table: final, and counted")
"""What every code means that no table names."""

WIRE: Mapping[str, Verdict] = {
    "not_reached": Verdict(Act.WAIT, "no connection to the platform", after=timedelta(seconds=5), everyone=True),
    "closed": Verdict(Act.WAIT, "our own connection was not open", after=timedelta(seconds=5), everyone=True),
    "no_answer": Verdict(Act.UNKNOWN, "the request was written and no answer came"),
    "unreadable": Verdict(Act.UNKNOWN, "an answer that nobody can read"),
    "fault": Verdict(Act.UNKNOWN, "a fault of our own while it was being sent", alarm=Alarm.FAULT),
    "crash": Verdict(Act.UNKNOWN, "whoever was sending it is no more"),
}
"""What can happen on the way to any platform."""
