"""One request to a platform, whose failure says whether anything was written; one file from it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver

from channels.messages import Later, Never, NotSent, Unknown
from channels.verdicts import WIRE

NOT_REACHED = timedelta(seconds=5)
LONGEST = timedelta(seconds=15)
"""How long a platform has to answer. A sender waits longer than this for us, so that a silent platform is not taken for
a fault of ours."""
LONGEST_DOWNLOAD = timedelta(minutes=1)
"""How long a platform may take for a whole file: nobody waits for one."""
CONNECT = timedelta(seconds=5)
"""How long a connection may take, with the look-up of its name: until then nothing was written."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: bytes
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it came; `body` is empty where it did not. `location`: where it is instead."""

    status: int
    body: bytes = field(repr=False)
    retry_after: timedelta
    location: str = field(repr=False)


def open_session(resolver: AbstractResolver | None = None) -> ClientSession:
    """Connections are not limited here: the pace is, and a queue in front of a socket would hide it."""
    return ClientSession(
        connector=TCPConnector(limit=0, ttl_dns_cache=300, resolver=resolver),
        cookie_jar=DummyCookieJar(),
        timeout=waiting(LONGEST),
    )


def waiting(longest: timedelta) -> ClientTimeout:
    """For the whole answer: a platform that sends it piece by piece for ever has not answered either."""
    return ClientTimeout(total=longest.total_seconds(), connect=CONNECT.total_seconds())


def closed() -> Later:
    """Before `start` and after `close`: a message that meets a shutdown is kept."""
    return Later("closed", NOT_REACHED, everyone=True, verdict=WIRE["closed"])


async def exchange(session: ClientSession, method: str, url: str, **request: Any) -> HttpAnswer:
    """Raises `Later` where nothing was written, `Unknown` where it may have been."""
    problem: NotSent
    try:
        async with session.request(method, url, allow_redirects=False, **request) as response:
            retry_after = _seconds(response.headers.get("Retry-After", ""))
            return HttpAnswer(response.status, await response.read(), retry_after)
    except (ConnectionTimeoutError, ClientConnectorError):
        problem = Later("not_reached", NOT_REACHED, everyone=True, verdict=WIRE["not_reached"])
    except (ClientError, TimeoutError, OSError):
        problem = Unknown("no_answer", WIRE["no_answer"])
    # Raised out here: inside, the first error would hang on it, and that one carries the address with the bot's token.
    raise problem


async def download(session: ClientSession, url: str, most: int, **request: Any) -> Download:
    """One file of at most so many bytes. Raises `Never` where it has more, `Later` where it did not come whole."""
    problem: NotSent
    headers = {"Accept-Encoding": "identity", **request.pop("headers", {})}
    try:
        async with session.get(
            url, allow_redirects=False, timeout=waiting(LONGEST_DOWNLOAD), headers=headers, **request
        ) as response:
            retry_after, location = _seconds(response.headers.get("Retry-After", "")), response.headers.get("Location")
            body = await _at_most(response, most) if response.status == 200 else b""
            return Download(response.status, body, retry_after, location or "")
    except (ConnectionTimeoutError, ClientConnectorError):
        problem = Later("not_reached", NOT_REACHED, everyone=True, verdict=WIRE["not_reached"])
    except (ClientError, TimeoutError, OSError):
        problem = Later("no_answer", NOT_REACHED)
    raise problem


async def _at_most(response: ClientResponse, most: int) -> bytes:
    """What is compressed may be a hundred times as large when it is not: nobody may send us that."""
    if "Content-Encoding" in response.headers:
        raise Never("compressed")
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most:
            raise Never("too_large")
    return bytes(body)


def _seconds(header: str) -> timedelta:
    return timedelta(seconds=min(int(header), 3600)) if header.isascii() and header.isdigit() else timedelta(0)
