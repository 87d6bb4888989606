"""Twilio telling what became of many messages: signed status callbacks on many connections."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from time import perf_counter
from urllib.parse import urlencode

from bench._programs import PATIENCE
from bench._twilio import PATH, PUBLIC, SENT, signature
from demo.platforms.accounts import SMS, TWILIO_ACCOUNT

STATUSES = ("sent", "delivered")


@dataclass(slots=True, eq=False)
class Caller(asyncio.Protocol):
    """One connection, on which one callback waits for its 200 at a time; every so many messages are its own."""

    place: int
    every: int
    calls: int = 0
    transport: asyncio.Transport | None = None
    answered: "asyncio.Future[None] | None" = None
    news: Iterator[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.news = chain.from_iterable(
            (callback(message, status) for status in STATUSES) for message in range(self.place, SENT, self.every)
        )

    def data_received(self, data: bytes) -> None:
        """The few bytes of an answer's body may come by themselves: they say nothing."""
        assert self.answered
        if data.startswith(b"HTTP/1.1 200"):
            self.answered.set_result(None)
        elif data.startswith(b"HTTP/"):
            self.answered.set_exception(AssertionError(data[:80]))

    def connection_lost(self, _error: Exception | None) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_exception(AssertionError("the connection was closed"))

    async def call(self) -> None:
        assert self.transport
        self.calls += 1
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(next(self.news))
        await self.answered


@dataclass(frozen=True, slots=True)
class Callers:
    each: tuple[Caller, ...]

    @property
    def calls(self) -> int:
        return sum(caller.calls for caller in self.each)

    async def call_for(self, seconds: float) -> float:
        """Everybody calls again as soon as they are answered; gives how long it really took."""
        began = perf_counter()

        async def go_on(caller: Caller) -> None:
            while perf_counter() - began < seconds:
                await caller.call()

        async with asyncio.timeout(seconds + PATIENCE):
            await asyncio.gather(*map(go_on, self.each))
        return perf_counter() - began


def callback(message: int, status: str) -> bytes:
    """The whole request, as Twilio makes it."""
    fields = {
        "SmsSid": f"SM{message:032x}",
        "SmsStatus": status,
        "MessageStatus": status,
        "To": f"+4477009{message % 100_000:05}",
        "MessageSid": f"SM{message:032x}",
        "AccountSid": TWILIO_ACCOUNT,
        "From": SMS,
        "ApiVersion": "2010-04-01",
    }
    path = f"{PATH}d{message}"
    body = urlencode(fields)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"X-Twilio-Signature: {signature(PUBLIC + path, fields.items()).decode()}\r\n"
        f"I-Twilio-Idempotency-Token: {message:032x}\r\nUser-Agent: TwilioProxy/1.1\r\nContent-Length: {len(body)}"
    )
    return f"{head}\r\n\r\n{body}".encode()


@asynccontextmanager
async def callers(port: int, how_many: int) -> AsyncIterator[Callers]:
    """So many connections."""
    loop = asyncio.get_running_loop()
    made = tuple(Caller(place, how_many) for place in range(how_many))
    for caller in made:
        caller.transport, _itself = await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)  # type: ignore[misc]
    try:
        yield Callers(made)
    finally:
        for caller in made:
            if caller.transport:
                caller.transport.close()
