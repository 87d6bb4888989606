"""What people write to us and what we write to them, the same for every platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from channels.verdicts import DROPPED, Verdict

COMMON = "en"
"""The language of an approved text where there is none in the person's own."""


class Kind(StrEnum):
    """What a message from a person is."""

    TEXT = "text"
    """Typed words."""
    CHOICE = "choice"
    """A button, a quick reply or a row of a list that was tapped."""
    VOICE = "voice"
    """A voice note."""
    OTHER = "other"
    """Something we cannot read: a sticker, a picture, a place, a file."""
    EDITED = "edited"
    """The person changed a message they sent before."""
    BLOCKED = "blocked"
    """The person blocked us on this platform; they wrote nothing."""
    UNBLOCKED = "unblocked"
    """The person let us write again; they wrote nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a person did on a platform.

    `channel` is the name of our sender that it came to.
    `event` is the platform's own id of it, unique within that: a repeat carries the same one.
    `external` is the platform's id of the person, opaque to everybody else (a chat id, "+15005550006", "US.1234").
    """

    channel: str
    event: str
    external: str = field(repr=False)
    kind: Kind
    text: str = field(default="", repr=False)
    choice: str = field(default="", repr=False)
    """The value of the tapped choice; only with `Kind.CHOICE`."""
    token: str = ""
    """The question that the tapped choice belonged to: the `Outgoing.token` it was sent with."""
    voice: str = field(default="", repr=False)
    """Where the platform keeps the voice note: a file id or an address; only with `Kind.VOICE`."""
    language: str = ""
    """The language of the person's app, a BCP 47 tag: a first guess, never an answer."""
    tap: str = field(default="", repr=False)
    """The platform's id of the tap, which `Channel.acknowledge` answers."""
    answered: bool = False
    """The platform has replied by itself (Twilio does to STOP and HELP): do not reply again."""
    starts: bool = False
    """The platform took the words for START. From a person who said STOP they are that; else they are an answer."""


class Status(StrEnum):
    """What a platform says became of a message, in the order in which it can happen."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A platform's later word on a message of ours. `delivery` is our id of it, `code` the platform's error.

    `channel` is the name of our sender that it is about.
    """

    channel: str
    delivery: str
    provider_id: str
    status: Status
    code: str = ""
    verdict: Verdict = DROPPED
    """What `code` means; only with `Status.FAILED`."""


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be tapped, typed as its number, or typed as its label.

    `value` is what code compares: ASCII, at most 40 characters of [a-z0-9_.-].
    """

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person. A channel shows the choices as well as it can; their numbers start at 1."""

    text: str = field(repr=False)
    language: str = "en"
    choices: tuple[Choice, ...] = field(default=(), repr=False)
    token: str = ""
    """Which question this asks, so that a tap on an old keyboard is told from a tap on this one. At most 12 ASCII."""
    choose: str = ""
    """What stands on the button that opens a list of the choices: a word, of at most 20 UTF-16 units, for "choose"."""
    several: bool = False
    """More than one of the choices may be given ("1 4 7"): they are shown as a numbered list, not as buttons."""
    purpose: str = ""
    """What it is for, where it answers nothing ("bulletin", "response"): approved templates are named by it."""
    if_room: tuple[str, ...] = field(default=(), repr=False)
    """An SMS ends with the first of these lines that takes no further segment. Other channels show who writes."""
    without_accents: bool = False
    """By SMS accents may be left out where that saves a segment."""
    plain: bool = False
    """Without buttons, which may be why it was refused before."""
    instead: str = field(default="", repr=False)
    """A sentence in place of the choices where they cannot be tapped: what is not asked in a talk has no numbers to
    send, for these answer the question that is open there."""

    def packed(self) -> str:
        """As the text that the outbox keeps until it leaves."""
        return msgspec.json.encode(self).decode()


def unpacked(text: str) -> Outgoing:
    """What was packed."""
    return _outgoing.decode(text)


_outgoing = msgspec.json.Decoder(Outgoing)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform took a message. `segments` is what SMS is paid and paced by; 1 elsewhere."""

    provider_id: str
    segments: int = 1


class NotSent(Exception):
    """The platform did not take the message. Its children say what to do; none carries a word or a number."""

    def __init__(self, code: str, verdict: Verdict = DROPPED) -> None:
        super().__init__(code)
        self.code = code
        """The platform's error code or a short fixed word, fit for a log and a metric."""
        self.verdict = verdict
        """What the table of this platform says of the code."""


class Later(NotSent):
    """Not taken, nothing was delivered: try again, not before `after` has passed.

    `everyone`: the whole sender has to wait, not only this person.
    """

    def __init__(self, code: str, after: timedelta, everyone: bool = False, verdict: Verdict = DROPPED) -> None:
        super().__init__(code, verdict)
        self.after = after
        self.everyone = everyone


class TooFast(Later):
    """Asked to wait by a platform that does not say whether it means this person or everybody: the pace decides."""


class Never(NotSent):
    """Not taken, and would never be: this message is wrong or refused."""


class Gone(NotSent):
    """Not taken, and nothing will be at this address until its reach changes; `verdict.reach` says to what."""


class Shut(NotSent):
    """Not taken: the person has been silent too long for free text, and no approved template says it."""


class Unknown(NotSent):
    """It may have arrived: the request was written and no clear answer came. Never send again blindly."""


class Stopped(NotSent):
    """This sender is out of order (a wrong token, a closed account): stop it, keep its queue, page someone."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a platform remembers of a message of ours."""

    provider_id: str
    to: str = field(repr=False)
    at: datetime
    status: Status
    code: str = ""
    verdict: Verdict = DROPPED


Sentences = Mapping[str, Mapping[str, str]]
"""What templates should say: by purpose and language a whole sentence, with {{1}} in the place of the text told."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text that a platform has approved, or not yet, for people who have been silent for long."""

    name: str
    language: str
    provider_id: str
    status: str
    """The platform's own word: "approved", "pending", "rejected", "paused", ..."""
    reason: str = ""
    body: str = ""
    """The sentence around what is told, with its slot; "" where it was stored before sentences were."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How people come to us with a word. `number`: where they send it; "" where only the link leads to us."""

    link: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a platform has not been able to give us. `failed`: when it last tried in vain."""

    waiting: int
    failed: datetime | None = None
