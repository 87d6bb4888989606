"""People who write to a bot at the same time: Telegram's webhooks, each chat on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, cycle
from time import perf_counter

from bench._fake_telegram import Caller
from demo.platforms.accounts import TELEGRAM_SECRET
from demo.serving import bound, port_of

JOINING = ("/start", "1", "menu", "region", "1")
"""Consent, region: then the menu stands open."""
SHARING = ("1", "The forms at the border should be in our language too.", "1", "3")
"""From the menu through a recommendation and its topic to the menu again."""

HEAD = (
    "POST /hooks/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    f"X-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}\r\nContent-Length: "
)
UPDATE = (
    '{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Amal",'
    '"language_code":"en"},"chat":{"id":%d,"first_name":"Amal","type":"private"},"date":1790000000,"text":"%s"}}'
)


FIRST = 7_000_000
"""The id of the first chat."""


@dataclass(slots=True)
class Telegram:
    """Where replies arrive: each is handed to the chat that it is for."""

    port: int = 0
    chats: "tuple[Chat, ...]" = ()

    def took(self, body: bytes) -> None:
        _before, is_message, after = body.partition(b'"chat_id":')
        if is_message:
            chat = int(after.lstrip()[: len(str(FIRST))])
            self.chats[chat - FIRST].hear()


class Line(Caller):
    """One connection to it."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.telegram = telegram

    def took(self, body: bytes) -> None:
        self.telegram.took(body)


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """A Telegram in this process, which answers at once."""
    made, listening = Telegram(), bound()
    made.port = port_of(listening)
    server = await asyncio.get_running_loop().create_server(lambda: Line(made), sock=listening, backlog=1024)
    try:
        yield made
    finally:
        server.close()


@dataclass(slots=True, eq=False)
class Chat(asyncio.Protocol):
    """One person, who writes when told to and waits for the 200, and for the reply if it is to arrive."""

    id: int
    is_replied_to: bool = False
    bot: str = "telegram"
    says: Iterator[str] = field(default_factory=lambda: chain(JOINING, cycle(SHARING)))
    written: int = 0
    transport: asyncio.Transport | None = None
    answered: "asyncio.Future[None] | None" = None
    replied: "asyncio.Future[None] | None" = None

    def hear(self) -> None:
        """A second reply to one message would find that nobody waits for it."""
        assert self.replied
        self.replied.set_result(None)

    def data_received(self, data: bytes) -> None:
        assert self.answered
        if data.startswith(b"HTTP/1.1 200"):
            self.answered.set_result(None)
        else:
            self.answered.set_exception(AssertionError(data[:80]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_exception(AssertionError("the connection was closed"))

    async def write(self) -> None:
        assert self.transport
        self.written += 1
        event = self.id * 1_000_000 + self.written
        body = UPDATE % (event, self.written, self.id, self.id, next(self.says))
        self.answered = asyncio.get_running_loop().create_future()
        self.replied = asyncio.get_running_loop().create_future()
        self.transport.write(f"{HEAD % self.bot}{len(body)}\r\n\r\n{body}".encode())
        await self.answered
        if self.is_replied_to:
            await self.replied


@dataclass(frozen=True, slots=True)
class Crowd:
    chats: tuple[Chat, ...]

    @property
    def written(self) -> int:
        return sum(chat.written for chat in self.chats)

    async def join(self) -> None:
        """Everybody through the welcome and one recommendation."""
        for _turn in (*JOINING, *SHARING):
            await asyncio.gather(*(chat.write() for chat in self.chats))

    async def write_for(self, seconds: float) -> float:
        """Everybody writes again as soon as they are answered; gives how long it really took."""
        began = perf_counter()

        async def go_on(chat: Chat) -> None:
            while perf_counter() - began < seconds:
                await chat.write()

        await asyncio.gather(*map(go_on, self.chats))
        return perf_counter() - began

    async def write_at(self, rate: float, seconds: float) -> list[float]:
        """So many turns a second, whether or not the others are answered; how long each took, in order of length."""
        began = perf_counter() + 0.01
        waited: list[float] = []

        async def go_on(place: int, chat: Chat) -> None:
            due = began + place / rate
            while due < began + seconds:
                await asyncio.sleep(max(0.0, due - perf_counter()))
                await chat.write()
                waited.append(perf_counter() - due)
                due += len(self.chats) / rate

        await asyncio.gather(*(go_on(place, chat) for place, chat in enumerate(self.chats)))
        return sorted(waited)


@asynccontextmanager
async def crowd(
    port: int, people: int, replies: Telegram | None = None, bots: Sequence[str] = ("telegram",)
) -> AsyncIterator[Crowd]:
    """So many people, each connected, spread over these bots. With `replies` they wait for what is sent there, too."""
    loop = asyncio.get_running_loop()
    chats = tuple(
        Chat(FIRST + number, replies is not None, bots[number * len(bots) // people]) for number in range(people)
    )
    if replies is not None:
        replies.chats = chats
    for chat in chats:
        chat.transport, _itself = await loop.create_connection(lambda chat=chat: chat, "127.0.0.1", port)  # type: ignore[misc]
    try:
        yield Crowd(chats)
    finally:
        for chat in chats:
            if chat.transport:
                chat.transport.close()
