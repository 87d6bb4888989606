"""Platforms, one file each: understand what comes, send what goes."""

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Protocol

from aiohttp import web

from channels.carriers import Carrier, Reserved, ReservedWords
from channels.messages import Accepted, Backlog, Entrance, Message, Outgoing, Report, Sentences, Template, Trace
from channels.recordings import Recording
from channels.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform permits: `rate` messages (SMS: segments) a second, `burst` of them at once.

    To one person a message every `gap`, after `person_burst` at once.
    """

    rate: float
    burst: int
    gap: timedelta
    person_burst: int = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is answered in an hour, so that nobody runs up our bill or keeps everybody else waiting."""

    replies: int
    """Messages to one person. STOP, FORGET and HELP have as many again."""
    newcomers: int
    """First answers to people whom we have never answered, all of them together."""


class Refused(Exception):
    """A request that we do not take. `status` is the HTTP status that the platform gets; `why` names no content."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Misconfigured(Exception):
    """The environment names a sender and cannot start it. The text says which variable to set and how."""

    def __init__(self, why: str, senders: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(why)
        self.senders = senders
        """What is wrong with each sender that was looked at; "" with those that could start."""


class History(Protocol):
    """What a platform itself remembers, for messages and reports that we could not take."""

    def sent(self, since: datetime, until: datetime, to: Collection[str]) -> AsyncIterator[Trace]:
        """Every message of ours to these people in this time, complete, or it raises a child of `NotSent`.

        In any order; where one comes twice, the later word counts.
        """

    async def received(self, since: datetime) -> Sequence[Message]:
        """Every message to us since then, the oldest first, complete, or it raises a child of `NotSent`."""


class Channel(Protocol):
    """One sender of ours on a platform. Every file of this folder that is a kind has a `from_settings`, which
    makes all of that kind, and a `texts_of`: what leaves there as it is read."""

    name: str
    """Which bot or number of ours it is, "telegram": everything that is counted or kept by sender has this word."""
    kind: str
    """The platform: the name of its file here."""
    carrier: Carrier
    """Who carries its messages: people are told before they agree what can be seen of this chat."""
    reserved_words: ReservedWords
    """What the platform or its operators answer by themselves: no flow takes these words for anything else."""
    takes_voice: bool
    """Whether a voice note can be received here."""
    shows_numbers: bool
    """Whether choices are shown with their numbers, also on buttons and in lists."""
    webhook_needs: str
    """The settings without which the platform cannot call us, and has to be polled; "" where it can."""
    pace: Pace
    most_buttons: int | None
    """How many choices it shows as buttons: more of them stand in a list. None: any number, or it has no buttons."""
    costs_by_length: bool
    """Whether a longer text costs more, so that what can be said in fewer words is."""
    limits: Limits
    window: timedelta | None
    """How long after their last word a person may be sent free text; None: always."""
    recycled: timedelta | None
    """After how long a silence an address may have been given to somebody else; None: never."""
    history: History | None
    """None where the platform cannot be asked."""
    reports: bool
    """Whether it says later what became of a message."""
    verdicts: Mapping[str, Verdict]
    """What its errors mean, by code."""

    async def start(self) -> None:
        """Open connections inside the running loop."""

    async def close(self) -> None:
        """Close them."""

    async def connect(self, sentences: Sentences) -> Mapping[str, str]:
        """Do what has to be done once at the platform; gives the settings that have to be kept, by name.

        `sentences` are submitted where the platform approves texts beforehand. Raises `Misconfigured`, or a child of
        `NotSent`.
        """

    async def entrance(self, word: str) -> Entrance:
        """The link by which people write this word to us. Raises `Misconfigured`, or a child of `NotSent`."""

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        """Read a webhook's request. Raises `Refused`. Knows no person and no database."""

    def poll(self) -> AsyncIterator[Sequence[Message]] | None:
        """Fetch what people write instead of being called; None where that cannot be done.

        The caller asks for the next messages only when it has kept the last. Raises a child of `NotSent`.
        """

    def accepted(self) -> web.Response:
        """What the platform is answered once everything that `receive` gave is kept."""

    async def acknowledge(self, message: Message) -> None:
        """Tell the platform's app that a tap was seen. Never raises; most platforms need nothing."""

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        """Split what is too long for one message here, never inside a grapheme; only the last part asks."""

    def places(self, outgoing: Outgoing) -> int:
        """How many places of the pace one message takes: an SMS one for each segment, everything else one."""

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        """Send one message. `delivery` is our id, given back in `Report`s. Raises a child of `NotSent`.

        `in_session`: the person has written within `window`; without it only an approved template can leave.
        """

    async def fetch(self, voice: str) -> Recording:
        """A voice note of which a `Message.voice` of this sender said where it is; nothing but sound is left in it.

        Raises `Gone` where it is kept no more, `Never` where it is none that we take or nobody can speak here, and
        another child of `NotSent` where it may be fetched later.
        """

    async def discard(self, voice: str) -> None:
        """Let the platform delete a voice note, where that can be asked of it. Raises a child of `NotSent`."""

    async def backlog(self) -> Backlog | None:
        """Ask the platform what waits for us there; None where it cannot be asked. Raises a child of `NotSent`."""

    async def templates(self) -> Sequence[Template]:
        """Ask the platform which texts it has approved, and use those from now on. Raises a child of `NotSent`."""

    def use(self, templates: Sequence[Template]) -> None:
        """Use these texts, which another worker asked for, or which were stored before a restart."""


SHARED = ("carriers", "messages", "recordings", "verdicts")


def kinds() -> tuple[str, ...]:
    """The platforms there are: the other files of this folder."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_") and m.name not in SHARED))


def kind_of(name: str) -> str | None:
    """The platform of the sender that is called so: "telegram-emea" is on Telegram. None: no sender can be."""
    kind, bar, suffix = name.partition("-")
    is_fit = not bar or re.fullmatch(r"[a-z0-9]{1,20}", suffix)
    return kind if is_fit and kind in kinds() else None


def identity_of(name: str) -> str:
    """The variable that says which bot or number of ours this sender is."""
    kind, _bar, suffix = name.partition("-")
    identity: str = import_module(f"channels.{kind}").VARIABLES.identity
    return f"{identity}_{suffix.upper()}" if suffix else identity


def segments_of(kind: str, outgoing: Outgoing) -> int:
    """As how many segments one message is paid for on this platform; 0 where nothing is paid by segment."""
    count = getattr(import_module(f"channels.{kind}"), "segments_of", None)
    return 0 if count is None else int(count(outgoing))


def texts_of(kind: str, outgoing: Outgoing) -> tuple[str, ...]:
    """The messages as which one without choices leaves on this platform, each as it is read there."""
    texts: tuple[str, ...] = import_module(f"channels.{kind}").texts_of(outgoing)
    return texts


def fits_template(kind: str, outgoing: Outgoing, templates: Sequence[Template]) -> bool | None:
    """Whether one of these carries the message to somebody who has been silent for long; None: none is needed there."""
    fits = getattr(import_module(f"channels.{kind}"), "fits_template", None)
    return None if fits is None else bool(fits(outgoing, templates))


def reserved_words() -> ReservedWords:
    """What any platform or its operators answer by themselves."""
    words: dict[str, Reserved] = {}
    for kind in kinds():
        words |= getattr(import_module(f"channels.{kind}"), "RESERVED_WORDS", {})
    return words


def others(channels: Mapping[str, Channel], name: str) -> tuple[str, ...]:
    """The senders by which a person may be looked for who is lost at this one: those on other platforms.

    Whoever has left a platform, or blocked us there, is not written to there by another bot of ours.
    """
    lost = channels[name].kind if name in channels else kind_of(name)
    return tuple(other for other, channel in channels.items() if channel.kind != lost)


def from_settings(environment: Mapping[str, str]) -> dict[str, Channel]:
    """Every sender that the environment configures, by name. Raises `Misconfigured`, a line for each that is wrong."""
    configured: dict[str, Channel] = {}
    wrong: list[str] = []
    looked_at: dict[str, str] = {}
    for kind in kinds():
        try:
            made = {channel.name: channel for channel in import_module(f"channels.{kind}").from_settings(environment)}
        except Misconfigured as misconfigured:
            wrong.append(str(misconfigured))
            looked_at |= misconfigured.senders
        else:
            configured |= made
            looked_at |= dict.fromkeys(made, "")
    if wrong:
        raise Misconfigured("\n".join(dict.fromkeys(wrong)), looked_at)
    return configured
