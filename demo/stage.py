"""A whole Hearback in one process, between fake platforms and the people of a town."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from aiohttp import web

import channels
import storage
from bot import serve
from bot.web import app
from channels import Pace
from demo import panel, phones
from demo.around import platforms_of
from demo.platforms.both import connected, settings
from demo.serving import bound, serving, url_of
from demo.town import story
from demo.town.clock import Clock
from demo.town.running import Town
from demo.town.scenery import scenery
from storage import keys

DATABASE, KEYS, FINISHED = "town.db", "town.key", "town.finished"
MADE = (DATABASE, f"{DATABASE}-shm", f"{DATABASE}-wal", KEYS, FINISHED, "telegram.chats", "twilio.chats")
"""The files of a town. `FINISHED` is written when its past has been played to the end."""

AT_ONCE = Pace(rate=10_000, burst=1_000, gap=timedelta(0))
PACES: Mapping[str, Pace] = {
    "telegram": Pace(rate=25, burst=5, gap=timedelta(seconds=1)),
    "whatsapp": Pace(rate=10, burst=5, gap=timedelta(seconds=1)),
    "sms": Pace(rate=10, burst=10, gap=timedelta(seconds=1)),
}
"""As on a real deployment, but for SMS, which leaves as from a number that is faster than the usual one."""
PATIENCE = timedelta(seconds=2)


def clear(folder: Path) -> None:
    """Take a town away, and nothing else that lies in the folder."""
    for name in MADE:
        (folder / name).unlink(missing_ok=True)


@asynccontextmanager
async def town(folder: Path, listening: socket.socket) -> AsyncIterator[Town]:
    """The town of this folder, serving on a bound socket until the block ends; built when there is none yet.

    Nobody else may run it meanwhile: see `serve.alone_with`.
    """
    is_built = _is_built(folder)
    url = f"sqlite:///{folder / DATABASE}"
    storage.migrate(url)
    clock, host = Clock(), url_of(listening)
    async with AsyncExitStack() as open_:
        scene = scenery()
        platforms = platforms_of(scene, host, folder, clock)
        address = await open_.enter_async_context(serving(platforms.application(), bound()))
        every = channels.from_settings(await connected(settings(host, address)))
        parts = await open_.enter_async_context(serve.parts(url, "", keys.load(folder / KEYS), every, clock, True))
        made = Town(parts, platforms, scene, clock, host)
        await open_.enter_async_context(serving(_site(made), listening))
        open_.push_async_callback(platforms.close)
        if not is_built:
            await _build(made)
            _finish(folder)
        async with _working(made, PACES):
            yield made


def _is_built(folder: Path) -> bool:
    """Otherwise the folder is ready for building: what was interrupted while it was built, nobody has seen."""
    if (folder / FINISHED).exists():
        return True
    clear(folder)
    keys.create(folder / KEYS)
    return False


def _finish(folder: Path) -> None:
    (folder / FINISHED).touch()


def _site(made: Town) -> web.Application:
    site = app(made.parts.door)
    site.add_routes(phones.routes(made.platforms, made.scenery.phones))
    site.add_routes(panel.routes(made))
    return site


async def _build(made: Town) -> None:
    async with _working(made, dict.fromkeys(made.parts.channels, AT_ONCE)):
        await story.play(made)


@asynccontextmanager
async def _working(made: Town, paces: Mapping[str, Pace]) -> AsyncIterator[None]:
    """The worker sends at these paces until the block ends; then what is under way is ended and written down."""
    for name, channel in made.parts.channels.items():
        channel.pace = paces[name]
    closing = asyncio.Event()
    working = asyncio.create_task(made.parts.worker.run(closing))
    try:
        yield
    finally:
        await _patiently(made.platforms.settled())
        closing.set()
        await working
        await _patiently(made.platforms.settled())


async def _patiently(settling: Awaitable[None]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(settling, PATIENCE.total_seconds())
