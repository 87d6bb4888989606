"""Sockets that mean no good: some stall, some never stop."""

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from socket import create_connection
from time import perf_counter

from demo.platforms.accounts import TELEGRAM_SECRET

PATIENCE = 60.0
"""Seconds. Whoever is still open by then counts as never closed."""
OPENED_TOGETHER = 100
DRIP = 0.5
HEAD = (
    f"POST /hooks/telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}\r\n"
).encode()
DRIPPING_HEAD = HEAD + b"X-Drops: "
DRIPPING_BODY = HEAD + b"Content-Length: 60000\r\n\r\n{"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + bytes(65536) + b"\r\n"


@dataclass(slots=True, eq=False)
class Stalled(asyncio.Protocol):
    """One that says the beginning of something, then nothing more, or a byte now and then."""

    says: bytes
    drips: bool
    opened: float = field(default_factory=perf_counter)
    closed: float = 0.0
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, transport: asyncio.Transport) -> None:
        transport.write(self.says)
        if self.drips:
            self._drip(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.closed = perf_counter()
        self.gone.set()

    @property
    def life(self) -> float:
        return self.closed - self.opened

    def _drip(self, transport: asyncio.Transport) -> None:
        if not self.closed:
            transport.write(b"1")
            asyncio.get_running_loop().call_later(DRIP, self._drip, transport)


KINDS: Mapping[str, tuple[bytes, bool]] = {
    "sends nothing": (b"", False),
    "stops in the headers": (DRIPPING_HEAD, False),
    "stops in the body": (DRIPPING_BODY, False),
    "drips headers": (DRIPPING_HEAD, True),
    "drips a body": (DRIPPING_BODY, True),
    "stops in a chunk": (HEAD + CHUNKED + b"ffff\r\n{", False),
}
ORDER = (
    "sends nothing",
    "stops in the headers",
    "stops in the body",
    "sends nothing",
    "drips headers",
    "drips a body",
    "sends nothing",
    "stops in the headers",
    "stops in a chunk",
)
"""A third sends nothing, a third stops in the headers, a third in the body; of those some drip."""


async def stall(port: int, many: int) -> dict[str, list[Stalled]]:
    """So many connected sockets that stall, by what they do."""
    made: dict[str, list[Stalled]] = {kind: [] for kind in KINDS}
    kinds = islice(cycle(ORDER), many)
    while some := list(islice(kinds, OPENED_TOGETHER)):
        for kind, stalled in zip(some, await asyncio.gather(*(_stalled(port, kind) for kind in some)), strict=True):
            made[kind].append(stalled)
    return made


async def _stalled(port: int, kind: str) -> Stalled:
    loop = asyncio.get_running_loop()
    transport, stalled = await loop.create_connection(lambda: Stalled(*KINDS[kind]), "127.0.0.1", port)
    stalled.begin(transport)
    return stalled


@dataclass(frozen=True, slots=True)
class Refusal:
    """How somebody who never stops was stopped."""

    status: str
    seconds: float
    sent: int


def floods() -> dict[str, tuple[bytes, bytes]]:
    """What is said once, and what is said again and again behind it, by what it is."""
    bomb = gzip.compress(bytes(300 * 1024 * 1024), 9)
    return {
        "a gigabyte": (HEAD + b"Content-Length: 1000000000\r\n\r\n", bytes(65536)),
        "chunks without end": (HEAD + CHUNKED, CHUNK),
        "chunks of one byte": (HEAD + CHUNKED, b"1\r\n1\r\n" * 10_000),
        "300 MiB of zeros, gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 300000000\r\n\r\n" + bomb, bomb),
        "gzip, chunks without end": (HEAD + b"Content-Encoding: gzip\r\n" + CHUNKED, CHUNK),
        "a chunk's name without end": (HEAD + CHUNKED + b"1;", b"x" * 65536),
        "trailers without end": (HEAD + CHUNKED + b"0\r\n", b"X-More: more\r\n" * 5_000),
        "headers without end": (HEAD, b"X-More: more\r\n" * 5_000),
        "a header without end": (HEAD + b"X-More: ", b"x" * 65536),
        "a request line without end": (b"GET /", b"x" * 65536),
    }


def flood(port: int, head: bytes, again: bytes) -> Refusal:
    """Send until nobody takes it any more."""
    began, sent = perf_counter(), 0
    with create_connection(("127.0.0.1", port), timeout=PATIENCE) as wire:
        with suppress(ConnectionError):
            for words in _first_then(head, again):
                wire.sendall(words)
                sent += len(words)
        took = perf_counter() - began
        with suppress(ConnectionError):
            return Refusal(wire.recv(64)[9:12].decode() or "none", took, sent)
    return Refusal("none", took, sent)


def _first_then(head: bytes, again: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield again
