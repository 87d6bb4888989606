"""A Twilio of our own: its REST API as far as we use it, and the people on the other side of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urldefrag, urlencode

from aiohttp import encode_basic_auth, web

from channels._text.segments import is_gsm, segments, utf16
from demo.platforms import _twilio_api as api
from demo.platforms._twilio_api import Filled, Form, Json, RefusedByTwilio, Text
from demo.platforms._twilio_pages import MOST, matches, messages_page
from demo.platforms._twilio_templates import Templates
from demo.platforms.chats import Bubble, Chats, Look, Side
from demo.platforms.voices import VOICE
from demo.platforms.wire import (
    AS_IT_IS,
    Broken,
    Closing,
    Dropped,
    Fault,
    Public,
    RefusedRequest,
    Silent,
    Sleep,
    TooManyRequests,
    Wire,
    WireAnswer,
    spoiled,
    takes,
    utc_now,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Fate:
    """One status callback to come. `error` is Twilio's code."""

    status: str
    error: str = ""


DELIVERED = (Fate("sent"), Fate("delivered"))
SHUT = (Fate("failed", "63016"),)
FAILURES = frozenset({"failed", "undelivered", "canceled"})
RANKS = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "read": 5}

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
OWN_REPLIES = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


BETWEEN = ">"


class FakeTwilio:
    """One account's Twilio. A person is named by their address: "+12025550123" or "whatsapp:+12025550123".

    That is their chat with the first address of ours of that kind. Their chat with another one is named by both:
    "+12025550123>+15005550007".

    `webhooks` says, for each address of ours, where messages to it are announced. A method by which a person acts gives
    the form that Twilio makes of it. The form is posted in the background: signed, per person in order, and tried again
    as the fragment of the webhook's address says (where it says nothing: once, and only without a connection). The next
    calls that send meet one of `faults` each. `keep` is a file in which the chats outlive a restart.
    """

    def __init__(
        self,
        account: str,
        token: str,
        webhooks: Mapping[str, str],
        *,
        services: Mapping[str, Sequence[str]] | None = None,
        public: Public = AS_IT_IS,
        keep: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.account = account
        self.token = token
        self.webhooks = dict(webhooks)
        self.services = dict(services or {})
        """The addresses that a messaging service sends from."""
        self.chats = Chats(keep)
        self.faults: deque[Fault] = deque()
        self.outcomes: tuple[Fate, ...] = DELIVERED
        """What becomes of a message: the status callbacks, in the order in which they are posted."""
        self.outcomes_for: dict[str, tuple[Fate, ...]] = {}
        """The same for one person. With a failure in it their phone does not show the message."""
        self.opted_out: set[str] = set()
        self.keywords = False
        """Whether STOP, START and HELP by SMS are answered by Twilio itself."""
        self.starts = START_WORDS
        """What it takes for START: its customers may name others."""
        self.window: timedelta | None = None
        """For how long after their last message a person on WhatsApp can be written to freely; None: always."""
        self.shuts_at_once = False
        """Whether a message outside the window is refused by the API itself, or else by a status callback."""
        self.calls_back = True
        """Whether status callbacks reach us at all."""
        self.templates = Templates(account, clock)
        self.most_on_a_page = MOST
        self.wire = Wire(public)
        self._clock = clock
        self._sleep = sleep
        self._closing = Closing()
        self._texts: dict[str, Text] = {}
        self._media: dict[str, tuple[str, str]] = {}
        self.voices: dict[str, bytes] = {}
        """What is in the media that are kept, by their SIDs."""
        self.redirects: list[str] = []
        """Where the next who ask for media are sent instead."""
        self.download_faults: deque[Fault] = deque()
        """The next downloads meet one of these each."""
        self.downloads: list[str] = []
        """The SIDs of the media that were downloaded."""
        self._last_words: dict[str, datetime] = {}

    def says(self, person: str, words: str) -> Form:
        """They type a message."""
        form = self._writes(person, words, {})
        reply = self._own_reply(person, words)
        if reply:
            form["OptOutType"] = reply
        return self._announce(form)

    def taps(self, person: str, message: str, index: int) -> Form:
        """They tap the reply button or the row of that index under a message (WhatsApp)."""
        chat = self.chats.of(person)
        bubble = chat.find(message)
        if bubble is None or not 0 <= index < len(bubble.buttons):
            raise LookupError("there is no such button")
        chat.change(message, chosen=index)
        button = bubble.buttons[index]
        tapped = (
            {"ListId": button.value, "ListTitle": button.label}
            if bubble.opens
            else {"ButtonPayload": button.value, "ButtonText": button.label}
        )
        replied = {"OriginalRepliedMessageSid": message, "OriginalRepliedMessageSender": self._ours(person)}
        return self._announce(self._writes(person, button.label, {"MessageType": "interactive"} | tapped | replied))

    def sends_voice(self, person: str, sound: bytes | None = VOICE) -> Form:
        """They record a voice note (WhatsApp). `sound`: what is in it; None: Twilio loses it."""
        medium = self._medium("audio/ogg", "audio")
        if sound is not None:
            self.voices[medium["MediaUrl0"].rpartition("/")[2]] = sound
        return self._announce(self._writes(person, "", medium, Look.VOICE))

    def sends_sticker(self, person: str) -> Form:
        """They send a sticker (WhatsApp)."""
        return self._announce(self._writes(person, "", self._medium("image/webp", "sticker"), Look.STICKER))

    async def post(self, form: Form) -> int:
        """Announce a message once, whatever became of it before; gives the status of the answer, 0 if none came."""
        return (await self._post(self.webhooks[form["To"]], form, api.new_sid(""))).status

    async def settled(self) -> None:
        """Wait until every announcement and status callback was taken or given up."""
        await self.wire.settled()

    def application(self) -> web.Application:
        """The REST API as an application: where it is mounted stands for both api and content.twilio.com."""
        application = web.Application()
        messages = f"/{api.VERSION}/Accounts/{{account}}/Messages"
        application.add_routes(
            [
                web.post(f"{messages}.json", self._guarded(self._create)),
                web.get(f"{messages}.json", self._guarded(self._list)),
                web.get(f"{messages}/{{sid}}.json", self._guarded(self._fetch)),
                web.get(f"{messages}/{{sid}}/Media.json", self._guarded(self._list_media)),
                web.get(f"{messages}/{{sid}}/Media/{{medium}}", self._guarded(self._fetch_medium)),
                web.delete(f"{messages}/{{sid}}/Media/{{medium}}.json", self._guarded(self._delete_medium)),
                web.get("/store/{medium}", self._download),
                web.post("/v1/Content", self._guarded(self.templates.create)),
                web.get("/v1/Content", self._guarded(self.templates.list)),
                web.get("/v1/ContentAndApprovals", self._guarded(self.templates.list_with_approvals)),
                web.get("/v1/Content/{sid}", self._guarded(self.templates.fetch)),
                web.delete("/v1/Content/{sid}", self._guarded(self.templates.delete)),
                web.post("/v1/Content/{sid}/ApprovalRequests/whatsapp", self._guarded(self.templates.submit)),
                web.get("/v1/Content/{sid}/ApprovalRequests", self._guarded(self.templates.approvals)),
            ]
        )
        application.on_shutdown.append(self._shut)
        return application

    async def close(self) -> None:
        """Give up what is on its way and let every open request end."""
        self._closing.close()
        self.chats.close()
        await self.wire.close()

    async def _shut(self, _: web.Application) -> None:
        await self.close()

    # From a person to us.

    def _writes(self, person: str, words: str, more: Form, look: Look = Look.TEXT) -> Form:
        now = self._clock()
        text = Text(
            sid=api.new_sid("MM" if look is not Look.TEXT else "SM"),
            sender=_person(person),
            to=self._ours(person),
            body=words,
            direction="inbound",
            status="received",
            at=now,
            segments=_segments(person, words),
            media=0 if look is Look.TEXT else 1,
            service=self._service_of(self._ours(person)),
        )
        self._texts[text.sid] = text
        if "MediaUrl0" in more:
            self._media[text.sid] = more["MediaUrl0"].replace("{sid}", text.sid), more["MediaContentType0"]
        self._last_words[person] = now
        self.chats.of(person).add(Bubble(text.sid, Side.THEM, now, words, look))
        return api.inbound(text, self.account, {name: value.replace("{sid}", text.sid) for name, value in more.items()})

    def _medium(self, kind: str, message_type: str) -> Form:
        address = f"https://api.twilio.com/{api.VERSION}/Accounts/{self.account}/Messages/{{sid}}/Media"
        return {
            "MediaUrl0": f"{address}/{api.new_sid('ME')}",
            "MediaContentType0": kind,
            "MessageType": message_type,
        }

    def _announce(self, form: Form) -> Form:
        """Unless the address has no webhook: then only the list tells of it."""
        url = self.webhooks[form["To"]]
        if url:
            self.wire.put(f"{form['From']} {form['To']}", lambda: self._deliver(url, form))
        return form

    async def _deliver(self, url: str, form: Form) -> None:
        policy, token = api.retries(url), api.new_sid("")
        for attempt in range(policy.count + 1):
            answer = await self._post(url, form, token)
            if not policy.follow(answer.status):
                return
            if attempt < policy.count:
                await self._sleep(1.0)

    async def _post(self, url: str, form: Form, token: str) -> WireAnswer:
        headers = {
            "X-Twilio-Signature": api.signature(self.token, url, form),
            "I-Twilio-Idempotency-Token": token,
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        return await self.wire.post(urldefrag(url).url, data=urlencode(form).encode(), headers=headers)

    def _own_reply(self, person: str, words: str) -> str:
        """WireAnswer a keyword as Twilio does by itself; gives the OptOutType that the webhook is told."""
        if not self.keywords or api.channel_of(person) != "sms":
            return ""
        word = words.strip().upper()
        kinds = {"STOP": STOP_WORDS, "START": self.starts, "HELP": HELP_WORDS}
        kind = next((kind for kind, spelled in kinds.items() if word in spelled), "")
        if kind == "STOP":
            self.opted_out.add(person)
        if kind == "START":
            self.opted_out.discard(person)
        if kind:
            self._show(api.new_sid("SM"), person, Filled(OWN_REPLIES[kind]))
        return kind

    def _ours(self, person: str) -> str:
        """The address of ours that a person writes to."""
        return person.partition(BETWEEN)[2] or self._first(person)

    def _first(self, address: str) -> str:
        channel = api.channel_of(address)
        return next(ours for ours in self.webhooks if api.channel_of(ours) == channel)

    def _chat(self, person: str, ours: str) -> str:
        """The name of a person's chat with an address of ours."""
        return person if ours == self._first(person) else f"{person}{BETWEEN}{ours}"

    def _service_of(self, address: str) -> str:
        return next((sid for sid, addresses in self.services.items() if address in addresses), "")

    # From us to a person: the REST API.

    def _guarded(self, answer: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._authenticate(request)
                return await answer(request)
            except RefusedByTwilio as refused:
                return api.refusal(refused)

        return guarded

    def _authenticate(self, request: web.Request) -> None:
        authorization = request.headers.get("Authorization", "").encode()
        known = compare_digest(authorization, encode_basic_auth(self.account, self.token).encode())
        if not known or request.match_info.get("account", self.account) != self.account:
            raise RefusedByTwilio(20003)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self.faults:
            return web.json_response(self._send(form), status=201)
        fault = self.faults.popleft()
        if takes(fault):
            self._send(form)
        match fault:
            case TooManyRequests(retry_after):
                return _patience(retry_after)
            case RefusedRequest(status, code, description):
                raise RefusedByTwilio(code, status, description)
            case Broken() | Silent() | Dropped():
                return await self._closing.spoil(fault, request)

    def _send(self, form: Form) -> Json:
        sender, to = self._addresses(form)
        filled, chat = self._filled(form), self._chat(to, sender)
        outcomes = self._outcomes(chat, filled, self.templates.is_approved(form.get("ContentSid", "")))
        if self.shuts_at_once and outcomes == SHUT:
            raise RefusedByTwilio(63016)
        text = Text(
            sid=api.new_sid("MM" if filled.buttons else "SM"),
            sender=sender,
            to=to,
            body=filled.body,
            direction="outbound-api",
            status="accepted" if form.get("MessagingServiceSid") else "queued",
            at=self._clock(),
            segments=_segments(to, filled.body),
            service=form.get("MessagingServiceSid", ""),
            callback=form.get("StatusCallback", ""),
        )
        self._texts[text.sid] = text
        if not any(outcome.status in FAILURES for outcome in outcomes):
            self._show(text.sid, chat, filled)
        self.wire.put(text.sid, lambda: self._report(text.sid, outcomes))
        return api.resource(text, self.account)

    def _addresses(self, form: Form) -> tuple[str, str]:
        to, sender = form.get("To", ""), form.get("From", "")
        if not to:
            raise RefusedByTwilio(21604)
        if not api.is_address(to):
            raise RefusedByTwilio(21211)
        if form.get("MessagingServiceSid") and not sender:
            sender = self._sender_of(form["MessagingServiceSid"], to)
        if not sender:
            raise RefusedByTwilio(21603)
        if sender not in self.webhooks:
            raise RefusedByTwilio(63007 if api.channel_of(sender) == "whatsapp" else 21606)
        if api.channel_of(sender) != api.channel_of(to):
            raise RefusedByTwilio(21910)
        if self._chat(to, sender) in self.opted_out:
            raise RefusedByTwilio(21610)
        if not form.get("StatusCallback", "https://").startswith(("https://", "http://")):
            raise RefusedByTwilio(21609)
        return sender, to

    def _sender_of(self, service: str, to: str) -> str:
        for address in self.services.get(service, ()):
            if api.channel_of(address) == api.channel_of(to):
                return address
        raise RefusedByTwilio(21703)

    def _filled(self, form: Form) -> Filled:
        if form.get("ContentSid"):
            return self.templates.filled(form["ContentSid"], api.variables(form.get("ContentVariables", "")))
        body = form.get("Body", "")
        if not body.strip():
            raise RefusedByTwilio(21602)
        # Twilio does not say how it counts; UTF-16 is the stricter reading.
        if utf16(body) > api.LONGEST_BODY:
            raise RefusedByTwilio(21617)
        return Filled(body)

    def _outcomes(self, to: str, filled: Filled, approved: bool) -> tuple[Fate, ...]:
        if api.channel_of(to) == "whatsapp":
            if not approved and not self._may_be_written_to(to):
                return SHUT
            if not filled.fits(in_session=not approved):
                return (Fate("failed", "63021"),)
        return self.outcomes_for.get(to, self.outcomes)

    def _may_be_written_to(self, person: str) -> bool:
        if self.window is None:
            return True
        last = self._last_words.get(person)
        return last is not None and self._clock() - last < self.window

    def _show(self, sid: str, person: str, filled: Filled) -> None:
        bubble = Bubble(sid, Side.US, self._clock(), filled.body, buttons=filled.buttons, opens=filled.opens)
        if api.channel_of(person) == "sms":
            encoding = "GSM-7" if is_gsm(filled.body) else "UCS-2"
            bubble = replace(bubble, encoding=encoding, segments=segments(filled.body))
        self.chats.of(person).add(bubble)

    async def _report(self, sid: str, outcomes: Sequence[Fate]) -> None:
        for outcome in outcomes:
            text = self._texts[sid] = _after(self._texts[sid], outcome)
            chat = self.chats.of(self._chat(text.to, text.sender))
            if chat.find(sid) is not None:
                chat.change(sid, status=text.status)
            if text.callback and self.calls_back:
                await self._deliver(text.callback, api.report(text, self.account, outcome.status, outcome.error))

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        text = self._texts.get(request.match_info["sid"])
        if text is None:
            raise RefusedByTwilio(20404)
        return web.json_response(api.resource(text, self.account))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        resources = [
            api.resource(text, self.account) for text in reversed(self._texts.values()) if matches(text, request.query)
        ]
        path = f"/{api.VERSION}/Accounts/{self.account}/Messages.json"
        return web.json_response(messages_page(resources, request.query, path, self.most_on_a_page))

    async def _list_media(self, request: web.Request) -> web.StreamResponse:
        sid = request.match_info["sid"]
        if sid not in self._texts:
            raise RefusedByTwilio(20404)
        listed = [api.medium(self.account, sid, *self._media[sid])] if sid in self._media else []
        return web.json_response({"media_list": listed, "next_page_uri": None, "page": 0, "page_size": 50})

    async def _fetch_medium(self, request: web.Request) -> web.StreamResponse:
        """Twilio does not give it itself: it says where it lies, for some hours, for whoever knows the address."""
        medium = request.match_info["medium"]
        if medium not in self.voices:
            raise RefusedByTwilio(20404)
        store = f"{request.url.origin()}{request.path.partition(f'/{api.VERSION}/')[0]}/store/{medium}"
        return web.Response(status=307, headers={"Location": self.redirects.pop(0) if self.redirects else store})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """The store takes nobody's sign-in: one that is shown there was shown to the wrong host."""
        medium = request.match_info["medium"]
        if medium not in self.voices or "Authorization" in request.headers:
            return web.Response(status=400 if medium in self.voices else 404)
        self.downloads.append(medium)
        if self.download_faults:
            return await spoiled(self.download_faults.popleft(), self._closing, request)
        return web.Response(body=self.voices[medium], content_type="audio/ogg")

    async def _delete_medium(self, request: web.Request) -> web.StreamResponse:
        if self.voices.pop(request.match_info["medium"], None) is None:
            raise RefusedByTwilio(20404)
        return web.Response(status=204)


def _person(chat: str) -> str:
    return chat.partition(BETWEEN)[0]


def _segments(person: str, body: str) -> int:
    return segments(body) if api.channel_of(person) == "sms" else 1


def _after(text: Text, outcome: Fate) -> Text:
    """The later status wins, whatever comes first; a failure stays unless the message arrived all the same."""
    if outcome.status in FAILURES:
        return replace(text, status=outcome.status, error=outcome.error)
    if RANKS.get(outcome.status, 0) <= RANKS.get(text.status, 3):
        return text
    return replace(text, status=outcome.status)


def _patience(retry_after: int) -> web.Response:
    response = api.refusal(RefusedByTwilio(20429))
    response.headers["Retry-After"] = str(retry_after)
    return response
