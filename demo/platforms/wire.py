"""How a fake platform reaches us over HTTP, and what can be made to go wrong when we reach it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import ClientError, ClientSession, ClientTimeout, web

Sleep = Callable[[float], Awaitable[None]]

UNREACHED = 0
"""The status of a request that nobody answered."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """What came back for a request. `after` is the Retry-After that it named, in seconds."""

    status: int
    body: str = ""
    after: float | None = None

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Public:
    """Our public address, `url`, stands for `reach`, where the program really listens."""

    url: str = ""
    reach: str = ""

    def really(self, url: str) -> str:
        if not self.url or not url.startswith(self.url):
            return url
        return self.reach.rstrip("/") + "/" + url.removeprefix(self.url).lstrip("/")


AS_IT_IS = Public()
"""No public address: every address is called as it stands."""


class Wire:
    """Posts requests: in order within a lane, side by side across lanes."""

    def __init__(self, public: Public, timeout: float = 15.0) -> None:
        self.public = public
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None
        self._last: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def put(self, lane: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` once everything that was put into this lane before is done."""
        task = asyncio.create_task(_then(self._last.get(lane), work))
        self._last[lane] = task
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until nothing is on its way. Raises what a piece of work raised."""
        while self._running:
            await asyncio.gather(*self._running)

    async def post(
        self, url: str, *, data: bytes | Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> WireAnswer:
        """Send one request to where the address really leads; never raises because of the other side."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(
                self.public.really(url), data=data, headers=headers, allow_redirects=False
            ) as response:
                body = await response.text(errors="replace")
                return WireAnswer(response.status, body, _seconds(response.headers.get("Retry-After")))
        except (ClientError, TimeoutError):
            return WireAnswer(UNREACHED)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


async def _then(before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
    if before is not None:
        await asyncio.wait({before})
    await work()


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """Nothing is taken; come again after `retry_after` seconds."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Broken:
    """A page of HTML where an answer should be. With `taken` the message is on the phone all the same."""

    status: int = 500
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """The message is taken; no answer ever comes."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is closed without an answer. With `taken` the message is on the phone all the same."""

    taken: bool = False


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """Nothing is taken, and the platform says so in its own words."""

    status: int
    code: int
    description: str


Fault = TooManyRequests | Broken | Silent | Dropped | RefusedRequest


def takes(fault: Fault | None) -> bool:
    """Whether the message arrives on the phone in spite of the fault."""
    match fault:
        case None | Silent() | Broken(taken=True) | Dropped(taken=True):
            return True
    return False


class Closing:
    """Lets requests that are never answered end when the platform closes."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    def close(self) -> None:
        self._closed.set()

    async def spoil(self, fault: Broken | Silent | Dropped, request: web.Request) -> web.Response:
        """WireAnswer a request as the fault says."""
        if isinstance(fault, Silent):
            await self._closed.wait()
        if isinstance(fault, Broken):
            return web.Response(status=fault.status, text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")
        if request.transport is not None:
            request.transport.close()
        return web.Response(status=500)


async def spoiled(fault: Fault, closing: Closing, request: web.Request) -> web.Response:
    """How a request for a file is answered that meets a fault."""
    match fault:
        case TooManyRequests(retry_after):
            return web.Response(status=429, headers={"Retry-After": str(retry_after)})
        case RefusedRequest(status=status, description=description):
            return web.Response(status=status, text=description)
        case Broken() | Silent() | Dropped():
            return await closing.spoil(fault, request)
