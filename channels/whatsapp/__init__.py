"""WhatsApp over Twilio: buttons and lists where they fit, numbered text elsewhere, approved texts after a silence."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from channels import History, Limits, Misconfigured, Pace, Refused
from channels._senders import Settings, Variables
from channels._settings import limits, per_second
from channels._tap import pack, unpack
from channels._text.bidi import readable
from channels._text.numbered import listed
from channels._text.segments import utf16
from channels._text.split import parts
from channels._twilio import LONGEST, TwilioSender, accepted, answered, is_report, meant, of_each_number, starts
from channels._twilio.errors import VERDICTS
from channels._twilio.lists import Json
from channels._twilio.words import RESERVED_WORDS
from channels.carriers import Carrier
from channels.messages import (
    COMMON,
    Accepted,
    Backlog,
    Entrance,
    Kind,
    Later,
    Message,
    Never,
    NotSent,
    Outgoing,
    Report,
    Sentences,
    Shut,
    Template,
)
from channels.recordings import Recording
from channels.verdicts import Act, Verdict
from channels.whatsapp import _approved as approved
from channels.whatsapp import _content as content
from locales import N_

KIND = "whatsapp"
TEMPLATES = "WHATSAPP_TEMPLATES"
VARIABLES = Variables(
    KIND,
    "WHATSAPP_FROM",
    own=("WHATSAPP_NUMBER",),
    shared=("WHATSAPP_RATE", "WHATSAPP_REPLIES", "WHATSAPP_NEWCOMERS", TEMPLATES),
)
PREFIX = "whatsapp:"
USUAL = Limits(replies=60, newcomers=3_000)
"""Each costs money."""
RUN_TOGETHER = 300
"""Characters. A longer text in one line, as templates want it, is harder to read than a number is to type."""
CARRIER = Carrier(
    sees=N_(
        "Meta, which owns WhatsApp, and our carrier Twilio can read these messages. "
        "Meta can keep them for up to 30 days and knows that your number writes to us."
    ),
    sees_votes=N_("Meta and Twilio can see your vote."),
    keeps=N_("We cannot erase what stays on your phone or with Meta and Twilio."),
)
WINDOW = timedelta(hours=24)
"""How long after a person's last message WhatsApp takes free text to them."""
_TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")
_ENDS_A_SENTENCE = re.compile(r"[.!?:…؟۔。।][\"'»”’)]*$")
_ROW_OF_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""No-break spaces stay as they are: French has them before its question marks."""
_MEDIA_HOSTS = re.compile(r"(.+\.)?twilio\.com|(.+\.)?twiliocdn\.com")


def from_settings(environment: Mapping[str, str]) -> "list[WhatsApp]":
    """Each needs WHATSAPP_FROM, TWILIO_ACCOUNT, TWILIO_TOKEN and PUBLIC_URL; WHATSAPP_TEMPLATES `connect` gives."""
    return of_each_number(environment, VARIABLES, _made, of_an_account=[TEMPLATES])


def _made(ours: TwilioSender, settings: Settings) -> "WhatsApp":
    rate, kept_in = per_second(settings, "WHATSAPP_RATE", 80), settings.called(TEMPLATES)
    templates = _templates(settings.get(TEMPLATES), kept_in)
    return WhatsApp(ours, rate, templates, limits(settings, KIND, USUAL), kept_in)


class WhatsApp:
    kind = KIND
    carrier = CARRIER
    reserved_words = RESERVED_WORDS
    takes_voice = True
    shows_numbers = False
    most_buttons: int | None = content.MOST_BUTTONS
    costs_by_length = False
    webhook_needs = ""
    window: timedelta | None = WINDOW
    recycled: timedelta | None = None
    reports = True
    verdicts: Mapping[str, Verdict] = VERDICTS

    def __init__(
        self,
        sender: TwilioSender,
        rate: float,
        templates: Mapping[str, str],
        limits: Limits = USUAL,
        kept_in: str = TEMPLATES,
    ) -> None:
        """`kept_in`: the variable that holds its templates."""
        self.name = sender.name
        self.limits = limits
        self.pace = Pace(rate=rate, burst=1, gap=timedelta(seconds=6), person_burst=1)
        self.history: History | None = sender.history(partial(_message, sender.name))
        self._sender = sender
        self._kept_in = kept_in
        self._named = dict(templates)
        self._menus = dict(templates)
        self._approved: dict[tuple[str, str], approved.Wording] | None = None
        """None until it is known which are."""
        self._refused: set[str] = set()
        """Those that were refused when they were used, since the platform was last asked."""

    async def start(self) -> None:
        await self._sender.start()

    async def close(self) -> None:
        await self._sender.close()

    async def connect(self, sentences: Sentences) -> Mapping[str, str]:
        """Make the templates that the Twilio account lacks: the menus, and these sentences.

        Operators write the address of our webhook into Twilio's console.
        """
        contents = await self._contents()
        await approved.ensure(self._sender.lists, contents, sentences)
        self._named = await content.ensure(self._sender.lists, contents)
        self._menus = self._menus | self._named
        return {self._kept_in: ",".join(f"{name}={sid}" for name, sid in self._named.items())}

    async def entrance(self, word: str) -> Entrance:
        number = self._sender.number()
        return Entrance(f"https://wa.me/{number.removeprefix('+')}?text={word}", number)

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        form = await self._sender.form(request)
        return self._sender.reports(form, request) if is_report(request) else [_message(self.name, form)]

    def poll(self) -> None:
        """Twilio only calls."""

    def accepted(self) -> web.Response:
        return accepted()

    async def acknowledge(self, message: Message) -> None:
        """WhatsApp shows a tap by itself."""

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return tuple(part for apart in self._apart(outgoing) for part in self._parts(apart))

    def _parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return parts(outgoing, lambda part: bool(self._menu(part)) or utf16(_text(part)) <= LONGEST, _listed)

    def _apart(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        """A text that cannot have buttons leaves before the question, its last paragraph, where that can have them."""
        text, _between, question = outgoing.text.rpartition("\n\n")
        asking = replace(outgoing, text=question)
        if not text or not outgoing.choices or self._menu(outgoing) or not self._menu(asking):
            return (outgoing,)
        return replace(outgoing, text=text, choices=(), token="", choose=""), asking

    def places(self, outgoing: Outgoing) -> int:
        return 1

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        to = to if to.startswith(PREFIX) else PREFIX + to
        text = _text(outgoing)
        if not text.strip():
            raise Never("empty", VERDICTS["empty"])
        if not in_session:
            return await self._after_silence(to, outgoing, delivery)
        if menu := self._menu(outgoing):
            try:
                return await self._sender.send(to, delivery, **menu)
            except NotSent as refusal:
                if not refusal.verdict.plainly and refusal.verdict.act is not Act.TEMPLATE:
                    raise
        # Refused for its form, and so not taken: it may leave without buttons.
        return await self._sender.send(to, delivery, body=text)

    async def fetch(self, voice: str) -> Recording:
        return await self._sender.media.fetch(voice)

    async def discard(self, voice: str) -> None:
        await self._sender.media.delete(voice)

    async def backlog(self) -> Backlog | None:
        """Twilio does not say, and tries only for seconds."""
        return None

    async def templates(self) -> Sequence[Template]:
        contents = await self._contents()
        self._menus = content.named(contents) | self._named
        self._refused.clear()
        templates = [text.as_template() for text in approved.wordings(contents)]
        self.use(templates)
        return templates

    def use(self, templates: Sequence[Template]) -> None:
        self._approved = approved.from_templates(templates)

    async def _contents(self) -> list[Json]:
        ours = self._sender.lists
        return await ours.all(f"{ours.account.content_api}/v1/ContentAndApprovals", "contents", {})

    def _menu(self, outgoing: Outgoing) -> dict[str, str] | None:
        """The template that shows these choices and its variables; None where numbered text has to do."""
        name, button = ("", "") if outgoing.plain else _shape(outgoing)
        body = _one_line(outgoing)
        if name not in self._menus or not body or utf16(body) > content.BODY:
            return None
        choices = [(choice, pack(outgoing.token, choice.value)) for choice in outgoing.choices]
        return {
            "content_sid": self._menus[name],
            "content_variables": content.variables(body, choices, button),
        }

    async def _after_silence(self, to: str, outgoing: Outgoing, delivery: str) -> Accepted:
        """As an approved text for this purpose with these words in it, without choices. Raises a child of `NotSent`."""
        words = readable(_run_together(_without_choices(outgoing)), outgoing.language)
        for text in self._usable(outgoing):
            template = text.filled(words)
            if template is None:
                continue
            try:
                return await self._sender.send(to, delivery, **template)
            except NotSent as refusal:
                if refusal.verdict.act is not Act.TEMPLATE:
                    raise
            self._refused.add(text.sid)
        raise Shut("shut", VERDICTS["shut"])

    def _usable(self, outgoing: Outgoing) -> list[approved.Wording]:
        """That of the person's language, then the common one. Raises `Later` while it is not known which there are."""
        if self._approved is None:
            raise Later("not_asked", VERDICTS["not_asked"].after, verdict=VERDICTS["not_asked"])
        approved_texts = [
            self._approved.get((outgoing.purpose, language)) for language in dict.fromkeys((outgoing.language, COMMON))
        ]
        return [text for text in approved_texts if text is not None and text.sid not in self._refused]


def _message(channel: str, form: Mapping[str, str]) -> Message:
    event, external = form.get("MessageSid", ""), _external(form)
    if not event or not external:
        raise Refused(400, "not a WhatsApp message")
    word, tapped = meant(form), unpack(form.get("ButtonPayload") or form.get("ListId") or "")
    text = word or form.get("ButtonText") or form.get("ListTitle") or form.get("Body", "")
    voice = "" if text.strip() else _voice(form)
    token, choice = tapped or ("", "")
    return Message(
        channel=channel,
        event=event,
        external=external,
        kind=_kind(form, text, voice, bool(tapped) and not word),
        text=text,
        choice="" if word else choice,
        token="" if word else token,
        voice=voice,
        answered=answered(form),
        starts=starts(form),
    )


def _external(form: Mapping[str, str]) -> str:
    """A number like +15005550006, or a WhatsApp id like US.1234 that holds none; the prefix is at times missing."""
    external = (form.get("From") or form.get("ExternalUserId", "")).removeprefix(PREFIX).strip()
    return f"+{external}" if external.isascii() and external.isdigit() else external


def _kind(form: Mapping[str, str], text: str, voice: str, is_tap: bool) -> Kind:
    if is_tap:
        return Kind.CHOICE
    if voice:
        return Kind.VOICE
    # A button of somebody else's template is read by its label, as if it had been typed.
    return Kind.TEXT if text.strip() and form.get("NumMedia", "0") in ("", "0") else Kind.OTHER


def _voice(form: Mapping[str, str]) -> str:
    """Where Twilio keeps a voice note. No other host: to fetch it one signs in as our account."""
    address = form.get("MediaUrl0", "")
    if not form.get("MediaContentType0", "").startswith("audio/"):
        return ""
    try:
        parsed = urlsplit(address)
        host = parsed.hostname or ""
    except ValueError:
        return ""
    return address if parsed.scheme == "https" and _MEDIA_HOSTS.fullmatch(host) and "@" not in parsed.netloc else ""


def _shape(outgoing: Outgoing) -> tuple[str, str]:
    """(the template's name, the words that open its list): without a word for it, numbers, which are of no language."""
    size = len(outgoing.choices)
    longest = max((utf16(choice.label) for choice in outgoing.choices), default=0)
    clean = all(choice.label.strip() and "\n" not in choice.label for choice in outgoing.choices)
    if not size or outgoing.several or not clean:
        return "", ""
    if size <= content.MOST_BUTTONS and longest <= content.BUTTON_LABEL:
        return f"quick{size}", ""
    if size <= content.MOST_ROWS and longest <= content.ROW_LABEL:
        return f"list{size}", outgoing.choose or f"1 - {size}"
    return "", ""


def texts_of(outgoing: Outgoing) -> tuple[str, ...]:
    """What leaves, message by message, to somebody who has written within the window."""
    return tuple(map(_text, parts(outgoing, lambda part: utf16(_text(part)) <= LONGEST, _listed)))


def fits_template(outgoing: Outgoing, templates: Sequence[Template]) -> bool:
    """Whether one of these that is approved, in its reader's language or the common one, has room for the message."""
    usable, words = approved.from_templates(templates), _run_together(_without_choices(outgoing))
    texts = (usable.get((outgoing.purpose, language)) for language in (outgoing.language, COMMON))
    return any(text.filled(readable(words, outgoing.language)) is not None for text in texts if text is not None)


def _one_line(outgoing: Outgoing) -> str:
    """The text as a template's variable takes it, without line break, tab or row of spaces; nothing if it cannot."""
    lines = _lines(outgoing.text)
    if len(lines) > 1 and len(outgoing.text) > RUN_TOGETHER:
        return ""
    if outgoing.instead:
        # Nobody can answer it by a number, so it has buttons wherever it can.
        return readable(_run_together(outgoing.text), outgoing.language)
    if not all(_ENDS_A_SENTENCE.search(line) for line in lines[:-1]):
        return ""
    return readable(" ".join(lines), outgoing.language)


def _without_choices(outgoing: Outgoing) -> str:
    return f"{outgoing.text} {outgoing.instead}" if outgoing.instead else outgoing.text


def _run_together(text: str) -> str:
    """The same for a text that has no other way: a line that ends no sentence is set off from the next."""
    *before, last = _lines(text) or [""]
    return "".join(f"{line} " if _ENDS_A_SENTENCE.search(line) else f"{line} – " for line in before) + last


def _lines(text: str) -> list[str]:
    return [_ROW_OF_SPACES.sub(" ", line).strip() for line in text.splitlines() if line.strip()]


def _text(outgoing: Outgoing) -> str:
    return readable(_listed(outgoing), outgoing.language)


def _listed(outgoing: Outgoing) -> str:
    return listed(outgoing, after_number=". ")


def _templates(setting: str, kept_in: str) -> dict[str, str]:
    """WHATSAPP_TEMPLATES: {"quick1": "HX...", ...} or quick1=HX...,list1=HX..."""
    try:
        templates = json.loads(setting) if setting.lstrip().startswith("{") else _pairs(setting)
    except ValueError:
        templates = None
    if not isinstance(templates, dict) or not all(
        name in content.NAMES and isinstance(sid, str) and _TEMPLATE.fullmatch(sid) for name, sid in templates.items()
    ):
        raise Misconfigured(f"{kept_in} has to be what `hearback connect` printed.")
    return templates


def _pairs(setting: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in setting.replace(" ", "").split(",") if pair)
