"""A whole Hearback in this process, between the fake platforms."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import channels
from bot import serve
from channels import Pace
from demo.platforms.both import Platforms, connected, settings
from demo.serving import bound, serving, url_of
from storage import Keyring

AT_ONCE = Pace(rate=10_000, burst=1_000, gap=timedelta(0))


@asynccontextmanager
async def hearback(
    platforms: Platforms,
    listening: socket.socket,
    database_url: str,
    keys: Keyring,
    clock: Callable[[], datetime],
    alone: bool = False,
    suffixes: Sequence[str] = (),
) -> AsyncIterator[serve.Parts]:
    """Its parts, with these platforms served around them until the block ends.

    Its site is the caller's to serve, on `listening`. `suffixes`: those of the platforms' numbers.
    """
    async with serving(platforms.application(), bound()) as address:
        environment = settings(url_of(listening), address, suffixes=suffixes, bots=platforms.bots)
        every = channels.from_settings(await connected(environment))
        async with serve.parts(serve.Setup(database_url, keys, every, clock, alone=alone, framed=True)) as parts:
            yield parts


@asynccontextmanager
async def working(parts: serve.Parts, paces: Mapping[str, Pace] = {}) -> AsyncIterator[None]:
    """The worker sends at these paces, by platform, or at once, until the block ends; then all is written down."""
    for channel in parts.channels.values():
        channel.pace = paces.get(channel.kind, AT_ONCE)
    closing = asyncio.Event()
    work = asyncio.create_task(parts.worker.run(closing))
    try:
        yield
    finally:
        closing.set()
        await work
