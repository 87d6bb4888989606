"""Telegram: a bot, by webhook or, on a laptop, by polling."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from channels import History, Limits, Misconfigured, Pace, Refused
from channels._body import body
from channels._senders import Settings, Variables, of_each
from channels._settings import limits, matching, per_second, required, web_address
from channels._sound.looking import looked_into
from channels._tap import pack
from channels._text.bidi import readable
from channels._text.numbered import listed
from channels._text.segments import utf16
from channels._text.split import parts
from channels.carriers import NOTHING_RESERVED, Carrier
from channels.messages import (
    Accepted,
    Backlog,
    Choice,
    Entrance,
    Later,
    Message,
    Never,
    NotSent,
    Outgoing,
    Report,
    Sentences,
    Stopped,
    Template,
    Unknown,
)
from channels.recordings import LARGEST, Recording
from channels.telegram import _files as files
from channels.telegram._errors import VERDICTS, problem
from channels.telegram._request import AiohttpRequest, parameters
from channels.telegram._updates import ALLOWED, convert, parse, read
from channels.verdicts import Verdict
from locales import N_

KIND = "telegram"
LONGEST = 4096
"""UTF-16 units in one message."""
MOST_BUTTONS = 100
LONG_POLL = timedelta(seconds=25)
USUAL = Limits(replies=240, newcomers=36_000)
"""Newcomers get ten of the 25 messages a second."""
SECRET = "TELEGRAM_SECRET"  # noqa: S105 the name of a variable
VARIABLES = Variables(
    KIND,
    "TELEGRAM_TOKEN",
    own=(SECRET,),
    shared=("TELEGRAM_RATE", "TELEGRAM_PAID", "TELEGRAM_REPLIES", "TELEGRAM_NEWCOMERS"),
    ambiguous=("TELEGRAM_API",),
    known_by=lambda token: token.partition(":")[0],
)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_FREE, MOST_PAID = 30, 1000
"""Messages in any second, to everybody together (core.telegram.org/bots/faq)."""
BURST = 5
MOST_COURTESIES = 32
"""Taps acknowledged at once. Each has a socket; beyond this the app shows its clock until our answer is there."""
COURTESY = timedelta(seconds=3)
"""How long one may take. Telegram itself gives a tap up after some seconds."""
CARRIER = Carrier(
    sees=N_(
        "This is not a secret chat. Telegram can read it. "
        "It may give your phone number and your internet address to a court."
    ),
    sees_votes=N_("Telegram can see your vote."),
    keeps=N_("We cannot erase what stays on your phone or with Telegram."),
)
T = TypeVar("T")

# At DEBUG python-telegram-bot writes out whole messages.
logging.getLogger("telegram").setLevel(logging.WARNING)


def from_settings(environment: Mapping[str, str]) -> "list[Telegram]":
    """Each needs TELEGRAM_TOKEN; with TELEGRAM_SECRET it takes webhooks, without it can only poll."""
    return of_each(environment, VARIABLES, _made)


def _made(settings: Settings) -> "Telegram":
    required(settings, "TELEGRAM_TOKEN", *([SECRET] if settings.get("PUBLIC_URL") else []))
    if settings.get(SECRET):
        matching(settings, SECRET, r"[A-Za-z0-9_-]{16,256}", "16 to 256 letters, digits, _ or -")
    paid = _is_paid(settings)
    return Telegram(
        token=matching(settings, "TELEGRAM_TOKEN", r"\d+:[A-Za-z0-9_-]+", "what @BotFather gave: digits:letters"),
        secret=settings.get(SECRET),
        api=web_address(settings, "TELEGRAM_API", "https://api.telegram.org"),
        public=web_address(settings, "PUBLIC_URL") if settings.get("PUBLIC_URL") else "",
        rate=_rate(settings, paid),
        paid=paid,
        limits=limits(settings, KIND, USUAL),
        name=settings.name,
        webhook_needs=f"{settings.called(SECRET)} and {settings.called('PUBLIC_URL')}",
    )


def _rate(settings: Settings, paid: bool) -> float:
    """TELEGRAM_RATE, in messages a second. More than is free costs Stars, so that has to be asked for by name."""
    rate, name = per_second(settings, "TELEGRAM_RATE", 25), settings.called("TELEGRAM_RATE")
    if rate > MOST_FREE and not paid:
        needs = f"{settings.called('TELEGRAM_PAID')}=1: Telegram takes Stars for it."
        raise Misconfigured(f"{name} above {MOST_FREE} needs {needs}")
    if rate > MOST_PAID:
        raise Misconfigured(f"{name} has to be at most {MOST_PAID}: Telegram takes no more.")
    return rate


def _is_paid(settings: Settings) -> bool:
    return bool(settings.get("TELEGRAM_PAID")) and matching(settings, "TELEGRAM_PAID", "[01]", "1 or 0") == "1"


def _pace(rate: float, paid: bool) -> Pace:
    """A burst counts into Telegram's second: at the full rate there is room for none."""
    spare = (MOST_PAID if paid else MOST_FREE) - rate
    return Pace(rate=rate, burst=max(1, min(BURST, int(spare))), gap=timedelta(seconds=1))


class Telegram:
    kind = KIND
    carrier = CARRIER
    reserved_words = NOTHING_RESERVED
    takes_voice = True
    shows_numbers = True
    most_buttons: int | None = None
    costs_by_length = False
    window: timedelta | None = None
    recycled: timedelta | None = None
    history: History | None = None
    reports = False
    verdicts: Mapping[str, Verdict] = VERDICTS

    def __init__(
        self,
        token: str,
        secret: str,
        api: str,
        public: str,
        rate: float = 25,
        paid: bool = False,
        limits: Limits = USUAL,
        name: str = KIND,
        webhook_needs: str = f"{SECRET} and PUBLIC_URL",
    ) -> None:
        self.name = name
        self.limits = limits
        self.webhook_needs = "" if secret else webhook_needs
        self._webhook_needs = webhook_needs
        self.pace = _pace(rate, paid)
        self._always = {"link_preview_options": {"is_disabled": True}} | (
            {"allow_paid_broadcast": True} if paid else {}
        )
        self._secret = secret.encode()
        self._public = public
        self._address = f"{api}/bot{token}"
        self._files = f"{api}/file/bot{token}"
        self._request = AiohttpRequest()
        self._bot = Bot(token, base_url=f"{api}/bot", request=self._request, get_updates_request=AiohttpRequest())
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._request.initialize()

    async def close(self) -> None:
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)
        await self._request.shutdown()

    async def connect(self, sentences: Sentences) -> Mapping[str, str]:
        """Tell Telegram where we listen."""
        if not self._public or not self._secret:
            raise Misconfigured(f"Set {self._webhook_needs} to be written to by webhook.")
        await _settled(
            self._bot.set_webhook(
                f"{self._public}/hooks/{self.name}", allowed_updates=ALLOWED, secret_token=self._secret.decode()
            )
        )
        return {}

    async def entrance(self, word: str) -> Entrance:
        return await _settled(self._entrance(word))

    async def _entrance(self, word: str) -> Entrance:
        bot: Any = await self._request.post(f"{self._address}/getMe")
        return Entrance(f"https://t.me/{bot['username']}?start={word}")

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        secret = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not self._secret or not compare_digest(secret, self._secret):
            raise Refused(403, "wrong secret")
        message = read(self.name, parse(await body(request)))
        return [message] if message else []

    def accepted(self) -> web.Response:
        return web.Response()

    async def acknowledge(self, message: Message) -> None:
        """The app shows a clock on the button until then. Nobody here waits for it, and under load it is left out."""
        if message.tap and len(self._acknowledging) < MOST_COURTESIES:
            task = asyncio.create_task(self._acknowledge(message.tap))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)

    async def _acknowledge(self, tap: str) -> None:
        # "query is too old" is the usual answer after a restart, and harmless; so is everything else here.
        with suppress(Exception):
            async with asyncio.timeout(COURTESY.total_seconds()):
                await self._bot.answer_callback_query(tap)

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return _parts(outgoing)

    def places(self, outgoing: Outgoing) -> int:
        return 1

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        text = _text(outgoing)
        if not text.strip():
            raise Never("empty", VERDICTS["empty"])
        message: dict[str, Any] = {"chat_id": int(to) if to.lstrip("-").isdigit() else to, "text": text, **self._always}
        if keyboard := _keyboard(outgoing):
            message["reply_markup"] = keyboard
        return await _settled(self._say(message))

    async def _say(self, message: Mapping[str, Any]) -> Accepted:
        """Not by `Bot.send_message`: to build its `Message` of an answer costs as much as to send."""
        taken: Any = await self._request.post(f"{self._address}/sendMessage", parameters(message))
        return Accepted(str(int(taken["message_id"])))

    async def fetch(self, voice: str) -> Recording:
        path = await self._place_of(voice)
        return await looked_into(files.came(await self._request.download(f"{self._files}/{path}", LARGEST)))

    async def _place_of(self, voice: str) -> str:
        """Raises a child of `NotSent`."""
        failure: NotSent
        try:
            file: object = await self._request.post(f"{self._address}/getFile", parameters({"file_id": voice}))
            return files.path_of(file)
        except BadRequest as refusal:
            failure = files.unfit(refusal)
        except TelegramError as error:
            failure = problem(error)
        raise failure

    async def discard(self, voice: str) -> None:
        """Telegram lets nobody delete what a person sent, and forgets it by itself one day."""

    async def backlog(self) -> Backlog | None:
        return await _settled(self._backlog())

    async def _backlog(self) -> Backlog:
        webhook: Any = await self._request.post(f"{self._address}/getWebhookInfo")
        failed = webhook.get("last_error_date")
        return Backlog(int(webhook["pending_update_count"]), datetime.fromtimestamp(failed, UTC) if failed else None)

    async def templates(self) -> Sequence[Template]:
        """Nothing has to be approved here."""
        return ()

    def use(self, templates: Sequence[Template]) -> None:
        """Nothing has to be approved here."""

    async def poll(
        self, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> AsyncIterator[Sequence[Message]]:
        """What people wrote, batch by batch, instead of a webhook. Once begun, it ends only by raising `Stopped`.

        Telegram forgets a batch once the next is asked for: come back for more only after it is kept.
        """
        await _settled(self._bot.delete_webhook())
        offset = 0
        while True:
            try:
                updates = await self._updates(offset)
            except Stopped:
                raise
            except NotSent as trouble:
                await pause(trouble.after.total_seconds() if isinstance(trouble, Later) else 1)
                continue
            if messages := _messages(self.name, updates):
                yield messages
            offset = max((update["update_id"] + 1 for update in updates), default=offset)

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        """Raw: `Bot.get_updates` would fail on the whole batch for one update that it does not know."""
        query = {"offset": offset, "timeout": LONG_POLL.seconds, "allowed_updates": json.dumps(ALLOWED)}
        wait = LONG_POLL.total_seconds() + 10
        updates: object = await _settled(
            self._request.post(f"{self._address}/getUpdates?{urlencode(query)}", read_timeout=wait)
        )
        if not isinstance(updates, list):
            raise Stopped("unreadable")
        return [update for update in updates if isinstance(update, dict) and isinstance(update.get("update_id"), int)]


async def _settled(call: Awaitable[T]) -> T:
    failure: NotSent
    try:
        return await call
    except TelegramError as error:
        failure = problem(error)
    except (KeyError, TypeError, ValueError, AttributeError):
        failure = Unknown("unreadable")
    # Raised out here: inside, Telegram's error would hang on it, and that one may carry words or the token.
    raise failure


def texts_of(outgoing: Outgoing) -> tuple[str, ...]:
    """What leaves, message by message."""
    return tuple(map(_text, _parts(outgoing)))


def _parts(outgoing: Outgoing) -> tuple[Outgoing, ...]:
    return parts(outgoing, lambda part: utf16(_text(part)) <= LONGEST, _listed)


def _text(outgoing: Outgoing) -> str:
    return readable(outgoing.text if _has_buttons(outgoing) else _listed(outgoing), outgoing.language)


def _listed(outgoing: Outgoing) -> str:
    return listed(outgoing, after_number=". ")


def _has_buttons(outgoing: Outgoing) -> bool:
    return bool(outgoing.text.strip()) and not outgoing.several and 0 < len(outgoing.choices) <= MOST_BUTTONS


def _keyboard(outgoing: Outgoing) -> dict[str, Any] | None:
    """As Telegram takes it. python-telegram-bot's own buttons cost more to make than all the rest of a message."""
    if not _has_buttons(outgoing):
        return None
    # One a row: in a wide row a right-to-left keyboard would read from the wrong side.
    rows = [
        [{"text": _on_button(outgoing, number, choice), "callback_data": pack(outgoing.token, choice.value)}]
        for number, choice in enumerate(outgoing.choices, 1)
    ]
    return {"inline_keyboard": rows}


def _on_button(outgoing: Outgoing, number: int, choice: Choice) -> str:
    return choice.label if outgoing.instead else f"{number}. {choice.label}"


def _messages(channel: str, updates: Sequence[dict[str, Any]]) -> list[Message]:
    messages = []
    for update in updates:
        with suppress(Refused):
            if message := read(channel, convert(update)):
                messages.append(message)
    return messages
