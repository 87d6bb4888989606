"""The platforms on the other side: what each person got, every request of ours, and how it is spoiled."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from demo.platforms.accounts import TELEGRAM_TOKEN, TWILIO_ACCOUNT, TWILIO_TOKEN
from demo.platforms.both import Platforms, hooks
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.platforms.wire import Fault, WireAnswer
from demo.serving import bound, serving
from tests.programs.machine import Machine

RETRY_PAUSE = 0.02

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Spoil = Callable[["Call"], Fault | None]


@dataclass(slots=True)
class Call:
    """A request of ours to write to somebody. Times are those that have elapsed on the machine."""

    channel: str
    to: str = field(repr=False)
    came: timedelta
    status: int = 0
    """Of the answer; 0 while there is none."""
    answered: timedelta | None = None
    retry_after: timedelta = timedelta(0)


def nothing(_call: Call) -> Fault | None:
    return None


class CountedTelegram(FakeTelegram):
    """Remembers what its updates were answered, and can keep them back."""

    answers: list[tuple[int, int]]
    news: asyncio.Condition
    kept_back: list[Any] | None = None

    async def _post(self, update: Any) -> WireAnswer:
        answer = await super()._post(update)
        async with self.news:
            self.answers.append((update["update_id"], answer.status))
            self.news.notify_all()
        return answer

    async def takes(self, update: int) -> None:
        """Wait until this one is answered with 200."""
        async with self.news:
            await self.news.wait_for(lambda: (update, 200) in self.answers[-200:])

    async def _deliver(self, update: Any) -> None:
        if self.kept_back is None:
            await super()._deliver(update)
        else:
            self.kept_back.append(update)

    @property
    def taken(self) -> set[int]:
        """The updates that were answered with 200."""
        return {update for update, status in self.answers if status == 200}


class CountedTwilio(FakeTwilio):
    """The same. What is kept back are addresses and forms."""

    statuses: Counter[int]
    kept_back: list[tuple[str, Any]] | None = None

    async def _post(self, url: str, form: Any, token: str) -> WireAnswer:
        answer = await super()._post(url, form, token)
        self.statuses[answer.status] += 1
        return answer

    async def _deliver(self, url: str, form: Any) -> None:
        if self.kept_back is None:
            await super()._deliver(url, form)
        else:
            self.kept_back.append((url, form))

    async def again(self, url: str, form: Any) -> int:
        return (await self._post(url, form, "again")).status


@dataclass
class WatchedPlatforms(Platforms):
    """Telegram and Twilio, watched. `spoil` says what goes wrong with a call, `latency` how late all are."""

    telegram: CountedTelegram
    twilio: CountedTwilio
    machine: Machine
    address: str = ""
    spoil: Spoil = nothing
    latency: float = 0.0
    apart: timedelta = timedelta(0)
    """How far Twilio's clock is ahead of ours."""
    calls: list[Call] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with each call; who waits for it clears it."""

    def got(self) -> Counter[tuple[str, str]]:
        """How often each person got each text."""
        chats = (chat for platform in (self.telegram, self.twilio) for chat in platform.chats)
        return Counter((chat.person, bubble.text) for chat in chats for bubble in chat.ours())

    def messages(self) -> set[str]:
        """The platform's ids of all messages that have arrived."""
        chats = (chat for platform in (self.telegram, self.twilio) for chat in platform.chats)
        return {bubble.id for chat in chats for bubble in chat.ours()}

    async def next_call(self, within: float, after: int) -> bool:
        """Whether more calls than `after` come in that many seconds."""
        try:
            async with asyncio.timeout(within):
                while len(self.calls) <= after:
                    self.came.clear()
                    await self.came.wait()
        except TimeoutError:
            return False
        return True

    @web.middleware
    async def count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        call = await self._call(request)
        if call is None:
            return await handler(request)
        self.calls.append(call)
        self.came.set()
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.spoil(call)
        if fault is not None:
            # Nothing else runs between this and its use: the body has been read already.
            self.of(call.channel).faults.append(fault)
        response = await handler(request)
        call.status, call.answered = response.status, self.machine.elapsed()
        call.retry_after = _retry_after(response)
        return response

    async def _call(self, request: web.Request) -> Call | None:
        if request.method != "POST":
            return None
        if request.path.endswith("/sendMessage"):
            await request.read()
            return Call("telegram", str((await request.json())["chat_id"]), self.machine.elapsed())
        if request.path.endswith("/Messages.json"):
            form = await request.post()
            to = str(form["To"])
            return Call("whatsapp" if to.startswith("whatsapp:") else "sms", to, self.machine.elapsed())
        return None


def _retry_after(response: web.StreamResponse) -> timedelta:
    if response.status != 429 or not isinstance(response, web.Response) or not response.text:
        return timedelta(0)
    seconds = json.loads(response.text).get("parameters", {}).get("retry_after", response.headers.get("Retry-After", 0))
    return timedelta(seconds=int(seconds))


@asynccontextmanager
async def platforms(public: str, machine: Machine) -> AsyncIterator[WatchedPlatforms]:
    telegram = CountedTelegram(TELEGRAM_TOKEN, clock=machine.now, sleep=_briefly)
    telegram.answers, telegram.news = [], asyncio.Condition()
    account = TWILIO_ACCOUNT, TWILIO_TOKEN, hooks(public)
    twilio = CountedTwilio(*account, clock=lambda: machine.now() + made.apart, sleep=_briefly)
    twilio.statuses = Counter()
    made = WatchedPlatforms(telegram, twilio, machine)
    async with serving(made.application([made.count]), bound()) as made.address:
        yield made


async def _briefly(_seconds: float) -> None:
    await asyncio.sleep(RETRY_PAUSE)
