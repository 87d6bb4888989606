"""Web apps on ports of this machine that are known before anything listens there."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web

PATIENCE = timedelta(seconds=2)
"""For requests that are under way when a web app ends."""
BACKLOG = 1024


def bound(port: int = 0) -> socket.socket:
    """A socket on this port, or on a free one. As long as it is open, no other program gets the port."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


def url_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{port_of(listening)}"


def free_port() -> int:
    """For a program that binds it itself."""
    with bound() as nobody:
        return port_of(nobody)


@asynccontextmanager
async def serving(application: web.Application, listening: socket.socket) -> AsyncIterator[str]:
    """The web app, on a bound socket, until the block ends. Gives its address."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE.total_seconds())
    await runner.setup()
    try:
        await web.SockSite(runner, listening, backlog=BACKLOG).start()
        yield url_of(listening)
    finally:
        await runner.cleanup()
