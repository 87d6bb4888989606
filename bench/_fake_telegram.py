"""A Telegram that takes every message, as late as the first part of the path says, in milliseconds."""

import asyncio
from itertools import count

import uvloop

from bench._programs import answer
from demo.serving import bound, port_of

MESSAGE = (
    '{"ok":true,"result":{"message_id":%d,"from":{"id":110201543,"is_bot":true,"first_name":"Hearback",'
    '"username":"hearback_demo_bot"},"chat":{"id":7000001,"first_name":"Amal","type":"private"},'
    '"date":1790000000,"text":"There is news from the review. The forms will be in four languages from May."}}'
)
ENDS_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Caller(asyncio.Protocol):
    """One keep-alive connection to it; the next request comes after the answer."""

    numbers = count(1)

    def __init__(self) -> None:
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(ENDS_HEAD)
        if not found or len(body) < _length(head):
            return
        self.received = b""
        self.took(body)
        taken = MESSAGE % next(self.numbers)
        answered = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(taken)}\r\n\r\n{taken}"
        late = int(head.split(b"/", 2)[1]) / 1000
        asyncio.get_running_loop().call_later(late, self.transport.write, answered.encode())

    def took(self, body: bytes) -> None:
        """A message has come."""


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(LENGTH)
    return int(after.split(b"\r\n", 1)[0]) if found else 0


async def main() -> None:
    listening = bound()
    server = await asyncio.get_running_loop().create_server(Caller, sock=listening, backlog=1024)
    await answer(str(port_of(listening)), {})
    server.close()


if __name__ == "__main__":
    uvloop.run(main())
