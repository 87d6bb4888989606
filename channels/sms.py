"""SMS over Twilio: plain text, choices as numbered lines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from aiohttp import web

from channels import History, Limits, Pace, Refused
from channels._senders import Settings, Variables
from channels._settings import limits, per_second
from channels._text.bidi import marked
from channels._text.numbered import listed
from channels._text.plain import plain
from channels._text.segments import segments, utf16
from channels._text.split import parts
from channels._twilio import LONGEST, TwilioSender, accepted, answered, is_report, meant, of_each_number, starts
from channels._twilio.errors import VERDICTS
from channels._twilio.words import RESERVED_WORDS
from channels.carriers import Carrier
from channels.messages import Accepted, Backlog, Entrance, Kind, Message, Never, Outgoing, Report, Sentences, Template
from channels.recordings import Recording
from channels.verdicts import Verdict
from locales import N_

KIND = "sms"
VARIABLES = Variables(KIND, "SMS_FROM", own=("SMS_NUMBER",), shared=("SMS_RATE", "SMS_REPLIES", "SMS_NEWCOMERS"))
USUAL = Limits(replies=40, newcomers=600)
"""Each costs money, and a long number sends 1,200 first answers an hour, if it sends nothing else."""


def from_settings(environment: Mapping[str, str]) -> "list[Sms]":
    """Each needs SMS_FROM, TWILIO_ACCOUNT, TWILIO_TOKEN and PUBLIC_URL; SMS_RATE is in segments a second."""
    return of_each_number(environment, VARIABLES, _made)


def _made(ours: TwilioSender, settings: Settings) -> "Sms":
    return Sms(ours, per_second(settings, "SMS_RATE", 1), limits(settings, KIND, USUAL))


RECYCLED = timedelta(days=365)
"""Phone companies give a number that is silent to somebody else: after a year that is likely enough to ask."""
READ_WITHOUT_ACCENTS = frozenset({"ca", "en", "es", "fr", "gl", "ht", "it", "pt"})
"""Languages whose speakers write text messages without accents themselves. In Vietnamese that makes other words."""


CARRIER = Carrier(
    sees=N_(
        "Text messages are not private. The phone company and the authorities can read them. "
        "Do not send names, places or papers."
    ),
    sees_votes=N_("The phone company can see your vote."),
    keeps=N_("We cannot erase what stays on your phone or with the phone company."),
)


class Sms:
    kind = KIND
    carrier = CARRIER
    reserved_words = RESERVED_WORDS
    takes_voice = False
    shows_numbers = True
    most_buttons: int | None = None
    costs_by_length = True
    webhook_needs = ""
    window: timedelta | None = None
    recycled: timedelta | None = RECYCLED
    reports = True
    verdicts: Mapping[str, Verdict] = VERDICTS

    def __init__(self, sender: TwilioSender, rate: float, limits: Limits = USUAL) -> None:
        self.name = sender.name
        self.limits = limits
        self.pace = Pace(rate=rate, burst=1, gap=timedelta(seconds=1))
        self.history: History | None = sender.history(partial(_message, sender.name))
        self._sender = sender

    async def start(self) -> None:
        await self._sender.start()

    async def close(self) -> None:
        await self._sender.close()

    async def connect(self, sentences: Sentences) -> Mapping[str, str]:
        """Nothing is left to do: operators write the address of our webhook into Twilio's console."""
        return {}

    async def entrance(self, word: str) -> Entrance:
        number = self._sender.number()
        return Entrance(f"sms:{number}?body={word}", number)

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        form = await self._sender.form(request)
        return self._sender.reports(form, request) if is_report(request) else [_message(self.name, form)]

    def poll(self) -> None:
        """Twilio only calls."""

    def accepted(self) -> web.Response:
        return accepted()

    async def acknowledge(self, message: Message) -> None:
        """Nothing is tapped here."""

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return _parts(outgoing)

    def places(self, outgoing: Outgoing) -> int:
        return segments_of(outgoing)

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        text = _text(outgoing)
        if not text:
            raise Never("empty", VERDICTS["empty"])
        sent = await self._sender.send(to, delivery, body=text)
        # A messaging service answers before it has counted.
        return replace(sent, segments=max(sent.segments, segments(text)))

    async def fetch(self, voice: str) -> Recording:
        """Nobody can speak to us here."""
        raise Never("no_voice")

    async def discard(self, voice: str) -> None:
        """Nobody can speak to us here."""

    async def backlog(self) -> Backlog | None:
        """Twilio does not say, and tries only for seconds."""
        return None

    async def templates(self) -> Sequence[Template]:
        """Nothing has to be approved here."""
        return ()

    def use(self, templates: Sequence[Template]) -> None:
        """Nothing has to be approved here."""


def segments_of(outgoing: Outgoing) -> int:
    """What one message is paid and paced by."""
    return segments(_text(outgoing))


def texts_of(outgoing: Outgoing) -> tuple[str, ...]:
    """What leaves, message by message."""
    return tuple(map(_text, _parts(outgoing)))


def _parts(outgoing: Outgoing) -> tuple[Outgoing, ...]:
    return parts(outgoing, lambda part: utf16(_text(part)) <= LONGEST, _listed)


def _message(channel: str, form: Mapping[str, str]) -> Message:
    event, external = form.get("MessageSid", ""), form.get("From", "")
    if not event or not external or ":" in external:
        raise Refused(400, "not an SMS")
    text = form.get("Body", "")
    has_only_media = not text.strip() and form.get("NumMedia", "0") != "0"
    return Message(
        channel=channel,
        event=event,
        external=external,
        kind=Kind.OTHER if has_only_media else Kind.TEXT,
        text=meant(form) or text,
        answered=answered(form),
        starts=starts(form),
    )


def _text(outgoing: Outgoing) -> str:
    text = _plainly(_listed(outgoing), outgoing)
    if not text:
        return ""
    with_line = (_plainly(f"{_listed(outgoing)}\n{line}", outgoing) for line in outgoing.if_room)
    return next((longer for longer in with_line if segments(longer) == segments(text)), text)


def _plainly(text: str, outgoing: Outgoing) -> str:
    without_accents = outgoing.without_accents and outgoing.language in READ_WITHOUT_ACCENTS
    return marked(plain(text, without_accents), outgoing.language).strip()


def _listed(outgoing: Outgoing) -> str:
    return listed(outgoing, after_number=" ")
