"""Connections that keep us waiting are closed, so that those that stall keep no others out."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit

import structlog
from aiohttp import StreamReader, web

MOST = 2_000
QUIET = timedelta(minutes=1)
SERVER = "web"
"""What we call ourselves: aiohttp would name its version and Python's, which helps those who look for a hole."""

log = structlog.get_logger()


def most() -> int:
    """A third of the files that this process may open: a third is for waiting connections, a third for all else."""
    files, _hard = getrlimit(RLIMIT_NOFILE)
    return MOST if files == RLIM_INFINITY else min(MOST, files // 3)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What connections may take of our time and our files."""

    whole: timedelta = timedelta(seconds=20)
    """From the opening, later from its first byte, until a request is whole: however steadily it drips."""
    size: int = 1_000_000
    """Bytes of a request, headers and all, whatever the app still takes: nothing it does not look at is endless."""
    idle: timedelta = timedelta(seconds=75)
    """Between two requests. Reverse proxies keep theirs for 60 seconds, and must be the first to let go."""
    most: int = field(default_factory=most)
    """Connections at once, and as many whom the system lets knock. One more, and the longest awaited is closed."""


class Connections:
    """All open connections, and those among them that keep us waiting, the longest awaited first."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: set[Connection] = set()
        self._awaited: dict[Connection, None] = {}
        self._quiet_until = 0.0

    def admit(self, connection: "Connection", now: float) -> None:
        self._open.add(connection)
        self.wait_for(connection)
        if len(self._open) > self.limits.most:
            # Where all others are being worked on, this is the newcomer itself.
            next(iter(self._awaited)).cut()
            self._say_full(now)

    def wait_for(self, connection: "Connection") -> None:
        if connection in self._open:
            self._awaited[connection] = None

    def work_on(self, connection: "Connection") -> None:
        self._awaited.pop(connection, None)

    def is_awaited(self, connection: "Connection") -> bool:
        return connection in self._awaited

    def leave(self, connection: "Connection") -> None:
        self._open.discard(connection)
        self._awaited.pop(connection, None)

    def _say_full(self, now: float) -> None:
        if now >= self._quiet_until:
            self._quiet_until = now + QUIET.total_seconds()
            log.warning("connections full", number=self.limits.most)


class Connection(web.RequestHandler):
    """One connection, as aiohttp serves it, that is cut when a request takes too long to become whole.

    Never while a request is worked on: then it is not the other side that keeps us waiting.
    """

    __slots__ = ("_clock", "_connections", "_taken", "_wire")

    def __init__(self, server: web.Server, connections: Connections) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # as web.AppRunner does it
            keepalive_timeout=connections.limits.idle.total_seconds(),
            lingering_time=0,
            auto_decompress=False,
        )
        self._connections = connections
        self._clock: asyncio.TimerHandle | None = None
        self._taken = 0
        self._wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._wire = self.transport
        _let_go_of_the_deaf(transport.get_extra_info("socket"), self._connections.limits.whole)
        self._start_clock()
        self._connections.admit(self, self._loop.time())

    def data_received(self, data: bytes) -> None:
        if data and self._clock is None and self._connections.is_awaited(self):
            self._start_clock()
        self._taken += len(data)
        if self._clock is not None and self._taken > self._connections.limits.size:
            self.cut()
        else:
            super().data_received(data)

    def read(self, content: StreamReader) -> None:
        """A request has begun: its headers are here, its body may be."""
        if self._clock is None:  # it came behind another one, in the same breath
            self._start_clock()
        content.on_eof(self._work)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        self._connections.wait_for(self)
        if not request.content.is_eof():
            resp.force_close()
        if not resp.prepared:
            resp.headers["Server"] = SERVER
        return await super().finish_response(request, resp, start_time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Noise from the net is no error of ours, and is not sent back."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        log.warning("refused", status=status, why="no HTTP")
        return web.Response(status=status)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_clock()
        self._connections.leave(self)
        self._wire = None
        super().connection_lost(exc)

    def cut(self) -> None:
        self._connections.leave(self)
        if self._wire is not None:
            self._wire.abort()

    def _work(self) -> None:
        self._stop_clock()
        self._connections.work_on(self)

    def _start_clock(self) -> None:
        self._taken = 0
        self.keep_alive(True)  # stops aiohttp's clock of idleness, which would end in the middle of a request
        self._clock = self._loop.call_later(self._connections.limits.whole.total_seconds(), self.cut)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


@web.middleware
async def watched(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Tells the connection that a request of its has begun."""
    if isinstance(request.protocol, Connection):
        request.protocol.read(request.content)
    return await handler(request)


def _let_go_of_the_deaf(wire: socket.socket, after: timedelta) -> None:
    """Let the system close a connection that takes nothing of an answer for so long, where it can (Linux)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):  # a connection that is closed already needs none
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(after.total_seconds() * 1000))
