"""A Telegram of our own: the Bot API as far as we use it, and the people on the other side of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from itertools import count
from pathlib import Path
from re import fullmatch

from aiohttp import web

from demo.platforms import _bot_api as api
from demo.platforms._bot_api import Json, RefusedByTelegram
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

LIFETIMES = {"callback_query": timedelta(seconds=150)}
"""For how long an update is offered where that is not a day."""
A_DAY = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_ASKED_PAUSE = 2.0, 60.0, 3600.0
"""Seconds between the tries of a webhook, doubled each time; a Retry-After header of ours is kept up to an hour."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are posted, the word that proves they are Telegram's, and the kinds that are asked for."""

    url: str = ""
    secret: str = field(default="", repr=False)
    allowed: tuple[str, ...] = ()


class FakeTelegram:
    """One bot's Telegram. A person is named by their chat id, as text.

    A method by which a person acts gives the update that Telegram makes of it. The update is delivered in the
    background as the real one does it: per chat in order, again and again until it is taken. The next calls of
    sendMessage meet one of `faults` each. `sleep` waits between the tries. `keep` is a file in which the chats outlive
    a restart.
    """

    def __init__(
        self,
        token: str,
        *,
        public: Public = AS_IT_IS,
        name: str = "Hearback",
        username: str = "hearback_demo_bot",
        keep: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.token = token
        self.name = name
        self.chats = Chats(keep)
        self.faults: deque[Fault] = deque()
        self.webhook = Webhook()
        self.blocked: set[str] = set()
        self.bots: set[str] = set()
        """Those who write and are no people."""
        self.names: dict[str, str] = {}
        self.voices: dict[str, bytes | None] = {}
        """What is in a voice note, by its file id, where it is not the usual; None: it is there no more."""
        self.download_faults: deque[Fault] = deque()
        """The next downloads meet one of these each."""
        self.downloads: list[str] = []
        """The file ids of those that were downloaded."""
        self.languages: dict[str, str] = {}
        """The language of a person's app, where Telegram tells it."""
        self.wire = Wire(public, timeout=60.0)
        self._bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": name, "username": username}
        self._clock = clock
        self._sleep = sleep
        self._closing = Closing()
        # Counted from the clock, in thousandths of a second, as no more than that happens in one: after a restart,
        # however soon, no number that was given out before comes again.
        first = int(clock().timestamp() * 1000)
        self._update_ids, self._message_ids = count(first), count(first)
        self._queries: set[str] = set()
        self._pending: deque[Json] = deque()
        self._poll: asyncio.Event | None = None
        self._last_error: tuple[datetime, str] | None = None

    def says(self, person: str, text: str) -> Json:
        """They type a message."""
        return self._writes(person, self._bubble(Side.THEM, text=text))

    def joins(self, person: str) -> Json:
        """They press Start in a new chat."""
        return self.says(person, "/start")

    def sends_voice(self, person: str, sound: bytes | None = VOICE) -> Json:
        """They record a voice note. `sound`: what is in it; None: Telegram loses it."""
        bubble = self._bubble(Side.THEM, look=Look.VOICE)
        if sound is not VOICE:
            self.voices[api.file_of(bubble)["file_id"]] = sound
        return self._writes(person, bubble)

    def sends_sticker(self, person: str) -> Json:
        """They send a sticker."""
        return self._writes(person, self._bubble(Side.THEM, text="👋", look=Look.STICKER))

    def edits(self, person: str, message: str, text: str) -> Json:
        """They change a message of theirs."""
        chat = self.chats.of(person)
        old = chat.find(message)
        if old is None or old.side is not Side.THEM:
            raise LookupError("there is no such message of theirs")
        bubble = chat.change(message, text=text, edited=True)
        return self._happens({"edited_message": self._message(person, bubble) | {"edit_date": self._now()}})

    def taps(self, person: str, message: str, index: int) -> Json:
        """They tap the button of that index under a message, however old it is."""
        chat = self.chats.of(person)
        bubble = chat.find(message)
        if bubble is None or not 0 <= index < len(bubble.buttons):
            raise LookupError("there is no such button")
        chat.change(message, chosen=index)
        query = api.callback_query(self._user(person), self._message(person, bubble), bubble.buttons[index].value)
        self._queries.add(query["id"])
        return self._happens({"callback_query": query})

    def blocks(self, person: str) -> Json:
        """They block the bot."""
        self.blocked.add(person)
        return self._member(person, "You blocked this bot.", blocked=True)

    def joins_again(self, person: str) -> Json:
        """They let the bot write again."""
        self.blocked.discard(person)
        return self._member(person, "You unblocked this bot.", blocked=False)

    async def post(self, update: Json) -> int:
        """Deliver an update once, whatever became of it before; gives the status of the answer, 0 if none came."""
        return (await self._post(update)).status

    async def settled(self) -> None:
        """Wait until every update was taken or given up."""
        await self.wire.settled()

    def application(self) -> web.Application:
        """The Bot API as an application: where it is mounted stands for `https://api.telegram.org`."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/file/bot{token}/voice/{file}.oga", self._download),
                web.route("*", "/bot{token}/{method}", self._call),
            ]
        )
        application.on_shutdown.append(self._shut)
        return application

    async def close(self) -> None:
        """Give up what is on its way and let every open request end."""
        self._closing.close()
        self._wake_poller()
        self.chats.close()
        await self.wire.close()

    async def _shut(self, _: web.Application) -> None:
        await self.close()

    # From a person to us.

    def _writes(self, person: str, bubble: Bubble) -> Json:
        self.chats.of(person).add(bubble)
        return self._happens({"message": self._message(person, bubble)})

    def _member(self, person: str, notice: str, blocked: bool) -> Json:
        self.chats.of(person).add(self._bubble(Side.THEM, text=notice, look=Look.NOTICE))
        sender, chat = self._user(person), api.private_chat(person, self._name(person))
        return self._happens({"my_chat_member": api.membership(sender, chat, self._bot, self._clock(), blocked)})

    def _happens(self, content: Json) -> Json:
        update = {"update_id": next(self._update_ids)} | content
        if self.webhook.allowed and api.kind(update) not in self.webhook.allowed:
            return update
        self._pending.append(update)
        if self.webhook.url:
            self._queue(update)
        self._wake_poller()
        return update

    def _queue(self, update: Json) -> None:
        self.wire.put(_lane(update), lambda: self._deliver(update))

    async def _deliver(self, update: Json) -> None:
        """Offer an update until it is taken or too old."""
        waited, pause = 0.0, 0.0
        lifetime = LIFETIMES.get(api.kind(update), A_DAY).total_seconds()
        while update in self._pending and self.webhook.url and waited <= lifetime:
            answer = await self._post(update)
            if answer.taken:
                break
            self._last_error = (self._clock(), f"Wrong response from the webhook: {answer.status}")
            retry_after = min(answer.after, LONGEST_ASKED_PAUSE) if answer.after is not None else None
            wait = pause if retry_after is None else retry_after
            await self._sleep(wait)
            waited, pause = waited + wait, min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        if self.webhook.url:
            self._forget(update)

    async def _post(self, update: Json) -> WireAnswer:
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook.secret
        return await self.wire.post(self.webhook.url, data=api.encoded(update), headers=headers)

    def _forget(self, update: Json) -> None:
        with suppress(ValueError):
            self._pending.remove(update)

    # From us to a person: the Bot API.

    async def _call(self, request: web.Request) -> web.Response:
        try:
            if not compare_digest(request.match_info["token"].encode(), self.token.encode()):
                raise RefusedByTelegram(401, "Unauthorized")
            method = METHODS.get(request.match_info["method"].lower())
            if method is None:
                raise RefusedByTelegram(404, "Not Found")
            arguments = await api.parameters(request)
            if method is FakeTelegram._send_message and self.faults:
                return await self._spoil(self.faults.popleft(), request, arguments)
            return api.answer(await method(self, arguments))
        except RefusedByTelegram as refused:
            return api.refusal(refused)

    async def _spoil(self, fault: Fault, request: web.Request, arguments: Json) -> web.Response:
        if takes(fault):
            await self._send_message(arguments)
        match fault:
            case TooManyRequests(retry_after):
                raise RefusedByTelegram(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
            case RefusedRequest(code=code, description=description):
                raise RefusedByTelegram(code, description)
            case Broken() | Silent() | Dropped():
                return await self._closing.spoil(fault, request)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file at the place that getFile said."""
        file = request.match_info["file"]
        sound = self._sound(file)
        if sound is None or not compare_digest(request.match_info["token"].encode(), self.token.encode()):
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        self.downloads.append(file)
        if self.download_faults:
            return await spoiled(self.download_faults.popleft(), self._closing, request)
        return web.Response(body=sound, content_type="application/octet-stream")

    async def _get_file(self, arguments: Json) -> Json:
        file = str(arguments.get("file_id", ""))
        sound = self._sound(file)
        if sound is None:
            raise RefusedByTelegram(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(sound) > api.LARGEST_FILE:
            raise RefusedByTelegram(400, "Bad Request: file is too big")
        size = {"file_size": len(sound), "file_path": f"voice/{file}.oga"}
        return {"file_id": file, "file_unique_id": api.unique_id(file)} | size

    def _sound(self, file: str) -> bytes | None:
        """Of a voice note of before a restart it is the usual one."""
        return self.voices.get(file, VOICE) if file.startswith(api.VOICE_ID) else None

    async def _get_me(self, _: Json) -> Json:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return self._bot | dict.fromkeys(abilities, False)

    async def _send_message(self, arguments: Json) -> Json:
        person = self._reachable(arguments)
        bubble = self._bubble(Side.US, text=api.text_of(arguments), buttons=api.buttons_of(arguments), status="sent")
        self.chats.of(person).add(bubble)
        return self._message(person, bubble)

    async def _edit_reply_markup(self, arguments: Json) -> Json:
        person = self._reachable(arguments)
        chat, buttons = self.chats.of(person), api.buttons_of(arguments)
        bubble = chat.find(str(arguments.get("message_id", "")))
        if bubble is None or bubble.side is not Side.US:
            raise RefusedByTelegram(400, "Bad Request: message to edit not found")
        if buttons == bubble.buttons:
            raise RefusedByTelegram(400, NOT_MODIFIED)
        return self._message(person, chat.change(bubble.id, buttons=buttons)) | {"edit_date": self._now()}

    async def _answer_query(self, arguments: Json) -> bool:
        query = str(arguments.get("callback_query_id", ""))
        if query not in self._queries:
            raise RefusedByTelegram(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        if len(str(arguments.get("text", ""))) > 200:
            raise RefusedByTelegram(400, "Bad Request: MESSAGE_TOO_LONG")
        self._queries.discard(query)
        return True

    async def _set_webhook(self, arguments: Json) -> bool:
        url, secret = str(arguments.get("url", "")), str(arguments.get("secret_token", ""))
        # The real one takes https only; a laptop that talks to itself has none.
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise RefusedByTelegram(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
        if secret and not fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise RefusedByTelegram(400, "Bad Request: secret token contains unallowed characters")
        self._drop_if_asked(arguments)
        first = not self.webhook.url
        self.webhook = Webhook(url, secret, self._allowed(arguments))
        for update in tuple(self._pending) if first and url else ():
            self._queue(update)
        self._wake_poller()
        return True

    async def _delete_webhook(self, arguments: Json) -> bool:
        self._drop_if_asked(arguments)
        self.webhook = Webhook(allowed=self.webhook.allowed)
        return True

    async def _webhook_info(self, _: Json) -> Json:
        info: Json = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._pending),
            "max_connections": 40,
        }
        if self.webhook.allowed:
            info["allowed_updates"] = list(self.webhook.allowed)
        if self._last_error is not None:
            info["last_error_date"] = api.seconds(self._last_error[0])
            info["last_error_message"] = self._last_error[1]
        return info

    async def _get_updates(self, arguments: Json) -> list[Json]:
        self._refuse_poll_beside_webhook()
        self.webhook = replace(self.webhook, allowed=self._allowed(arguments))
        offset = int(arguments.get("offset", 0))
        while self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()
        if not self._pending:
            await self._next_update(min(float(arguments.get("timeout", 0)), 50.0))
        return list(self._pending)[: int(arguments.get("limit", 100))]

    async def _next_update(self, within: float) -> None:
        """Wait until an update comes, the time is over, or somebody else polls or sets a webhook."""
        self._wake_poller()
        mine = self._poll = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await mine.wait()
        self._refuse_poll_beside_webhook()
        if self._poll is not mine:
            raise RefusedByTelegram(409, TWO_POLLERS)
        self._poll = None

    def _wake_poller(self) -> None:
        if self._poll is not None:
            self._poll.set()

    def _refuse_poll_beside_webhook(self) -> None:
        if self.webhook.url:
            raise RefusedByTelegram(409, POLL_BESIDE_WEBHOOK)

    def _allowed(self, arguments: Json) -> tuple[str, ...]:
        if "allowed_updates" not in arguments:
            return self.webhook.allowed
        return tuple(api.structure(arguments["allowed_updates"], "allowed updates"))

    def _drop_if_asked(self, arguments: Json) -> None:
        if str(arguments.get("drop_pending_updates", "")).lower() in ("true", "1"):
            self._pending.clear()

    def _reachable(self, arguments: Json) -> str:
        person = str(arguments.get("chat_id", ""))
        if not person:
            raise RefusedByTelegram(400, "Bad Request: chat_id is empty")
        if person not in self.chats:
            raise RefusedByTelegram(400, "Bad Request: chat not found")
        if person in self.blocked:
            raise RefusedByTelegram(403, "Forbidden: bot was blocked by the user")
        return person

    def _bubble(self, side: Side, **content: object) -> Bubble:
        return Bubble(str(next(self._message_ids)), side, self._clock(), **content)  # type: ignore[arg-type]

    def _message(self, person: str, bubble: Bubble) -> Json:
        sender = self._bot if bubble.side is Side.US else self._user(person)
        return api.message(bubble, sender, api.private_chat(person, self._name(person)))

    def _user(self, person: str) -> Json:
        return api.user(person, self._name(person), self.languages.get(person, ""), person in self.bots)

    def _name(self, person: str) -> str:
        return self.names.get(person, "Somebody")

    def _now(self) -> int:
        return api.seconds(self._clock())


def _lane(update: Json) -> str:
    """Taps go beside the messages of the same chat and can overtake them, as on the real one."""
    kind = api.kind(update)
    if kind == "callback_query":
        return f"user {update[kind]['from']['id']}"
    return f"chat {update[kind]['chat']['id']}"


NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
POLL_BESIDE_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
TWO_POLLERS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

Method = Callable[[FakeTelegram, Json], Awaitable[object]]

METHODS: dict[str, Method] = {
    "getme": FakeTelegram._get_me,
    "getfile": FakeTelegram._get_file,
    "sendmessage": FakeTelegram._send_message,
    "editmessagereplymarkup": FakeTelegram._edit_reply_markup,
    "answercallbackquery": FakeTelegram._answer_query,
    "setwebhook": FakeTelegram._set_webhook,
    "deletewebhook": FakeTelegram._delete_webhook,
    "getwebhookinfo": FakeTelegram._webhook_info,
    "getupdates": FakeTelegram._get_updates,
}
