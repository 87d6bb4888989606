"""Nobody who stalls at the door keeps others out: real sockets, the program's own way to listen."""

import asyncio
import gc
import logging
import resource
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web

from bot.serve import listen
from bot.sockets import MOST, Connection, ConnectionLimits, most
from bot.web import Endpoints, app
from channels.telegram import Telegram
from demo.serving import free_port
from storage import Database
from tests.promises.talking import inbox_of
from tests.storage.rows import NOW
from tests.waiting import PATIENCE, until

SECRET = "town-square-notice-board"
SHORT = timedelta(seconds=0.3)
LONG = timedelta(minutes=10)
GET = b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n"
HALF_A_HEAD = GET[:-2]
HALF_A_BODY = b"POST /read HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n12345"
HALF_A_CHUNK = b"POST /read HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\na\r\n12345"
HOOK = f"POST /hooks/telegram HTTP/1.1\r\nHost: here\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n".encode()
ENDLESS = b"POST /read HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1;"
STALLS = {"nothing": b"", "a head": HALF_A_HEAD, "a body": HALF_A_BODY, "a chunk": HALF_A_CHUNK}

REFUSED = {
    "a gigabyte": (b"Content-Length: 1000000000\r\n\r\n", 413),
    "without end": (b"Transfer-Encoding: chunked\r\n\r\n", 413),
    "packed": (b"Content-Encoding: gzip\r\nContent-Length: 1000000000\r\n\r\n", 415),
    "packed without end": (b"Content-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n", 415),
}
CHUNK = b"10000\r\n" + bytes(65536) + b"\r\n"
MORE_THAN_BUFFERS = 64_000_000


def door(database: Database) -> web.Application:
    channel = Telegram("4242:canary-token", SECRET, "http://127.0.0.1:1", "")
    return app(Endpoints({"telegram": channel}, inbox_of(database), database, lambda: NOW))


@dataclass(slots=True)
class Peer:
    """Somebody with a socket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def says(self, words: bytes) -> None:
        self.writer.write(words)

    async def hears(self) -> int:
        """The status of the next answer."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await self.reader.readexactly(int(length))
            return int(head.split()[1])

    async def is_closed(self) -> None:
        """Raises TimeoutError when it stays open."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                while await self.reader.read(65536):
                    pass

    async def drips(self, words: bytes, pause: timedelta) -> None:
        """A byte now and then, until the other side closes."""
        with suppress(ConnectionError):
            for byte in words * 1000:
                self.says(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(pause.total_seconds())


@dataclass(slots=True)
class Program:
    """A web app that listens."""

    port: int
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    gave_up: asyncio.Event = field(default_factory=asyncio.Event)
    peers: list[Peer] = field(default_factory=list)

    async def peer(self, says: bytes = b"") -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port))
        self.peers.append(peer)
        peer.says(says)
        return peer

    async def time_passes(self) -> None:
        """As long as somebody who stalls may stay."""
        await (await self.peer()).is_closed()

    async def live(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def read(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="ok")

    async def slow(self, _request: web.Request) -> web.Response:
        self.begun.set()
        await self.go_on.wait()
        return web.Response(text="ok")

    async def endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with suppress(OSError):
            while True:
                await answer.write(bytes(65536))
        self.gave_up.set()
        return answer

    def app(self) -> web.Application:
        made = web.Application()
        made.add_routes(
            [
                web.get("/health/live", self.live),
                web.post("/read", self.read),
                web.get("/slow", self.slow),
                web.get("/endless", self.endless),
            ]
        )
        return made


@asynccontextmanager
async def program(
    whole: timedelta = SHORT,
    idle: timedelta = LONG,
    most: int = 100,
    size: int = 1_000_000,
    app: web.Application | None = None,
) -> AsyncIterator[Program]:
    made = Program(free_port())
    limits = ConnectionLimits(whole, size, idle, most)
    closing = asyncio.Event()
    listening = asyncio.create_task(listen(app or made.app(), "127.0.0.1", made.port, closing, limits))
    try:
        await until(lambda: _is_open(made.port))
        yield made
    finally:
        made.go_on.set()
        for peer in made.peers:
            peer.writer.transport.abort()
        closing.set()
        await listening


async def _is_open(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.transport.abort()
    return True


@pytest.mark.parametrize("says", STALLS.values(), ids=STALLS)
async def test_who_stalls_is_closed(says: bytes) -> None:
    async with program() as there:
        await (await there.peer(says)).is_closed()


@pytest.mark.parametrize("says", [b"", HALF_A_BODY, HALF_A_CHUNK], ids=["a head", "a body", "a chunk"])
async def test_dripping_buys_no_time(says: bytes) -> None:
    async with program() as there:
        dripping = await there.peer(says.replace(b": 10\r", b": 9999\r").replace(b"\r\na\r\n", b"\r\nffff\r\n"))
        drips = asyncio.create_task(dripping.drips(GET[:-4] + b"x" * 50, SHORT / 10))
        await dripping.is_closed()
        await drips


@pytest.mark.parametrize("says", [GET, b"GET /nothing HTTP/1.1\r\nHost: here\r\n\r\n", b"\xff\r\n\r\n"])
async def test_no_answer_says_which_version_we_run(says: bytes) -> None:
    async with program() as there:
        peer = await there.peer(says)
        async with asyncio.timeout(PATIENCE):
            head = await peer.reader.readuntil(b"\r\n\r\n")
    assert b"\r\nServer: web\r\n" in head
    assert b"aiohttp" not in head
    assert b"Python" not in head


async def test_who_stalls_after_a_request_is_closed_as_soon() -> None:
    async with program() as there:
        peer = await there.peer(GET)
        assert await peer.hears() == 200
        peer.says(HALF_A_HEAD)
        await peer.is_closed()


async def test_who_stalls_behind_a_request_is_closed_as_soon() -> None:
    async with program() as there:
        peer = await there.peer(GET + HALF_A_BODY)
        assert await peer.hears() == 200
        await peer.is_closed()


async def test_a_request_that_is_worked_on_may_take_longer() -> None:
    async with program() as there:
        peer = await there.peer(SLOW)
        await there.time_passes()
        peer.says(b"\r\n")
        await there.time_passes()
        there.go_on.set()
        assert await peer.hears() == 200


async def test_between_two_requests_there_is_more_time() -> None:
    async with program() as there:
        peer = await there.peer(GET)
        assert await peer.hears() == 200
        await there.time_passes()
        peer.says(GET)
        assert await peer.hears() == 200


async def test_between_two_requests_there_is_not_all_the_time_in_the_world() -> None:
    async with program(whole=LONG, idle=SHORT) as there:
        peer = await there.peer(GET)
        assert await peer.hears() == 200
        await peer.is_closed()


async def test_the_end_of_idleness_cuts_no_request_that_has_begun() -> None:
    async with program(whole=LONG, idle=SHORT) as there:
        peer, idle = await there.peer(GET), await there.peer()
        assert await peer.hears() == 200
        peer.says(GET[:10])
        idle.says(GET)
        await idle.is_closed()
        peer.says(GET[10:])
        assert await peer.hears() == 200


async def test_at_the_limit_the_longest_awaited_is_closed() -> None:
    async with program(whole=LONG, most=3) as there:
        working = await there.peer(SLOW)
        oldest, younger = await there.peer(HALF_A_HEAD), await there.peer(HALF_A_BODY)
        newcomer = await there.peer(GET)
        assert await newcomer.hears() == 200
        await oldest.is_closed()
        newcomers_friend = await there.peer(GET)
        assert await newcomers_friend.hears() == 200
        await younger.is_closed()
        there.go_on.set()
        assert await working.hears() == 200
        newcomer.says(GET)
        assert await newcomer.hears() == 200


async def test_who_has_been_served_goes_behind_those_who_stall() -> None:
    async with program(whole=LONG, most=2) as there:
        served = await there.peer(GET)
        assert await served.hears() == 200
        stalling = await there.peer()
        served.says(GET)
        assert await served.hears() == 200
        await there.peer()
        await stalling.is_closed()
        served.says(GET)
        assert await served.hears() == 200


async def test_at_the_limit_with_all_at_work_the_newcomer_is_closed() -> None:
    async with program(whole=LONG, most=2) as there:
        working = [await there.peer(SLOW), await there.peer(SLOW)]
        await (await there.peer(GET)).is_closed()
        there.go_on.set()
        assert [await peer.hears() for peer in working] == [200, 200]


async def test_who_left_takes_no_place() -> None:
    async with program(whole=LONG, most=2) as there:
        for _visit in range(5):
            visitor = await there.peer(GET)
            assert await visitor.hears() == 200
            visitor.writer.close()
            await visitor.is_closed()
        first, second = await there.peer(GET), await there.peer(GET)
        assert [await first.hears(), await second.hears()] == [200, 200]
        first.says(GET)
        assert await first.hears() == 200


async def test_who_left_while_being_served_takes_no_place() -> None:
    async with program(whole=LONG, most=2) as there:
        for _visit in range(2):
            visitor = await there.peer(SLOW)
            await there.begun.wait()
            there.begun.clear()
            visitor.writer.transport.abort()
        first, second = await there.peer(GET), await there.peer(GET)
        assert [await first.hears(), await second.hears()] == [200, 200]
        first.says(GET)
        assert await first.hears() == 200


async def test_who_left_before_the_answer_is_not_awaited() -> None:
    async with program(whole=LONG, most=3) as there:
        first = await there.peer(GET)
        assert await first.hears() == 200
        visitor = await there.peer(SLOW)
        await there.begun.wait()
        visitor.writer.transport.abort()
        for _then in ("the visitor has left", "the visitor's answer is ready"):
            first.says(GET)
            assert await first.hears() == 200
            there.go_on.set()
        for _each in range(3):
            await there.peer()
        await first.is_closed()


async def test_nobody_is_noted_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with program() as there:
        assert await (await there.peer(GET)).hears() == 200
    assert not [record for record in caplog.records if record.name.startswith("aiohttp")]


async def test_several_who_come_in_one_moment_close_as_many() -> None:
    async with program(whole=LONG, most=8) as there:
        waiting = [await there.peer() for _each in range(8)]
        with ExitStack() as until_then:
            for _each in waiting:
                until_then.enter_context(socket.create_connection(("127.0.0.1", there.port)))
            for peer in waiting:
                await peer.is_closed()


async def test_who_left_is_not_remembered() -> None:
    async with program(whole=LONG) as there:
        for _visit in range(3):
            visitor = await there.peer(HALF_A_HEAD)
            visitor.writer.transport.abort()
        await until(_nobody_is_remembered)


async def _nobody_is_remembered() -> bool:
    gc.collect()
    # Whoever asks a weak proxy what it is, asks something that may be gone.
    return not any(issubclass(type(item), Connection) for item in gc.get_objects())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such clock")
async def test_who_does_not_take_the_answer_is_closed() -> None:
    async with program() as there:
        with socket.create_connection(("127.0.0.1", there.port)) as deaf:
            deaf.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
            async with asyncio.timeout(PATIENCE):
                await there.gave_up.wait()


@pytest.mark.parametrize(("head", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_is_not_read_to_its_end(sqlite: Database, head: bytes, status: int) -> None:
    async with program(whole=LONG, app=door(sqlite)) as there:
        answer = await _flood(there.port, HOOK + head)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in answer


async def _flood(port: int, head: bytes) -> bytes:
    """Send until nobody takes it any more; gives what was answered."""
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.setblocking(False)
        with suppress(ConnectionError):
            await loop.sock_sendall(wire, head)
            for _each in range(MORE_THAN_BUFFERS // len(CHUNK)):
                await loop.sock_sendall(wire, CHUNK)
            raise AssertionError("all of it was taken")
        return await loop.sock_recv(wire, 4096)


@pytest.mark.parametrize(("head", "status"), REFUSED.values(), ids=REFUSED)
async def test_who_is_refused_is_closed_at_once(sqlite: Database, head: bytes, status: int) -> None:
    async with program(whole=LONG, app=door(sqlite)) as there:
        peer = await there.peer(HOOK + head + (CHUNK * 2 if b"chunked" in head else b""))
        assert await peer.hears() == status
        async with asyncio.timeout(PATIENCE):
            await peer.is_closed()


@pytest.mark.parametrize("head", [ENDLESS, ENDLESS[:-2] + b"X-More: "], ids=["a chunk's name", "a header"])
async def test_no_request_is_endless(head: bytes) -> None:
    async with program(whole=LONG, size=200_000) as there:
        peer = await there.peer(head)
        for _each in range(100):
            peer.says(b"x" * 8_000)
        await peer.is_closed()


async def test_what_was_sent_before_does_not_count() -> None:
    async with program(size=3_000) as there:
        peer = await there.peer()
        for _each in range(5):
            peer.says(b"POST /read HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n" + bytes(1_000))
            assert await peer.hears() == 200


async def test_noise_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    async with program() as there:
        noise = await there.peer(b"\x16\x03\x01 secrets\r\n\r\n")
        assert await noise.hears() == 400
        await noise.is_closed()
    assert "no HTTP" in capsys.readouterr().out
    assert not caplog.records


@pytest.mark.parametrize("way", ["gzip", "deflate", "br", "zstd", "identity", "gzip, identity", "ours"])
async def test_nothing_is_unpacked(sqlite: Database, way: str) -> None:
    async with program(app=door(sqlite)) as there:
        peer = await there.peer(HOOK + f"Content-Encoding: {way}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        assert await peer.hears() == 415


async def test_a_broken_body_is_no_fault_of_ours(sqlite: Database, capsys: pytest.CaptureFixture[str]) -> None:
    async with program(app=door(sqlite)) as there:
        broken = await there.peer(HOOK + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert await broken.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        broken.says(b"no number\r\n")
        await broken.is_closed()
        await (await there.peer(HOOK + b"Content-Length: 10\r\n\r\n12345")).is_closed()
    log = capsys.readouterr().out
    assert log.count("broken body") == 2
    assert "fault" not in log


async def test_too_many_are_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    async with program(whole=LONG, most=1) as there:
        peers = [await there.peer() for _each in range(4)]
        for peer in peers[:-1]:
            await peer.is_closed()
    assert capsys.readouterr().out.count("connections full") == 1


def test_two_thirds_of_the_files_are_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, expected in ((1024, 341), (1_000_000, MOST), (resource.RLIM_INFINITY, MOST)):
        monkeypatch.setattr("bot.sockets.getrlimit", lambda _what, files=files: (files, files))
        assert most() == expected
