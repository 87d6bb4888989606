"""A whole Hearback in one process, between fake platforms and the people of a town."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from aiohttp import web

import storage
from bot.corrections import Corrections
from channels import Pace
from demo import colleagues, panel, phones
from demo.around import platforms_of
from demo.hearback import hearback, working
from demo.serving import PATIENCE, serving, url_of
from demo.town import story
from demo.town.clock import TownClock
from demo.town.running import Town
from demo.town.scenery import scenery
from storage import keys

DATABASE, KEYS, FINISHED = "town.db", "town.key", "town.finished"
CHATS = ("telegram.chats", "telegram-national.chats", "twilio.chats")
MADE = (DATABASE, f"{DATABASE}-shm", f"{DATABASE}-wal", KEYS, FINISHED, *CHATS)
"""The files of a town. `FINISHED` is written when its past has been played to the end."""
EDITION = "3"
"""What stands in `FINISHED`. Another one: the town was built with other processes in it."""

PACES: Mapping[str, Pace] = {
    "telegram": Pace(rate=25, burst=5, gap=timedelta(seconds=1)),
    "whatsapp": Pace(rate=10, burst=5, gap=timedelta(seconds=1)),
    "sms": Pace(rate=10, burst=10, gap=timedelta(seconds=1)),
}
"""As on a real deployment, but for SMS, which leaves as from a number that is faster than the usual one."""


class Outdated(Exception):
    """This town was built by an earlier version."""


def clear(folder: Path) -> None:
    """Take a town away, and nothing else that lies in the folder."""
    for name in MADE:
        (folder / name).unlink(missing_ok=True)


@asynccontextmanager
async def town(folder: Path, listening: socket.socket) -> AsyncIterator[Town]:
    """The town of this folder, serving on a bound socket until the block ends; built when there is none yet.

    Nobody else may run it meanwhile: see `serve.alone_with`. Raises `Outdated`.
    """
    is_built = _is_built(folder)
    url = f"sqlite:///{folder / DATABASE}"
    storage.migrate(url)
    clock, host = TownClock(), url_of(listening)
    async with AsyncExitStack() as open_:
        scene = scenery()
        platforms = platforms_of(scene, host, folder, clock)
        keyring = keys.load(folder / KEYS)
        parts = await open_.enter_async_context(hearback(platforms, listening, url, keyring, clock, alone=True))
        running = Town(parts, platforms, scene, clock, host)
        await colleagues.arrive(running)
        await open_.enter_async_context(serving(_site(running), listening))
        open_.push_async_callback(platforms.close)
        if not is_built:
            await _build(running)
            _finish(folder)
        async with _working(running, PACES), _corrected(running):
            yield running


@asynccontextmanager
async def _corrected(running: Town) -> AsyncIterator[None]:
    """What its translators correct in our own texts is said at once."""
    closing = asyncio.Event()
    following = asyncio.create_task(Corrections(running.parts.database).follow(closing))
    try:
        yield
    finally:
        closing.set()
        await following


def _is_built(folder: Path) -> bool:
    """If not, the folder is ready for building: a town whose building was interrupted, nobody has seen."""
    if (folder / FINISHED).exists():
        if (folder / FINISHED).read_text() != EDITION:
            raise Outdated(f"The town in {folder} was built by an earlier version. Build it anew: ./run demo --fresh")
        return True
    clear(folder)
    keys.create(folder / KEYS)
    return False


def _finish(folder: Path) -> None:
    (folder / FINISHED).write_text(EDITION)


def _site(running: Town) -> web.Application:
    scene = running.scenery
    phones_ = phones.routes(running.platforms, scene.phones, running.clock, posters=scene.posters)
    return running.parts.site([*phones_, *panel.routes(running), *colleagues.routes(running)])


async def _build(running: Town) -> None:
    async with _working(running):
        await story.play(running)


@asynccontextmanager
async def _working(running: Town, paces: Mapping[str, Pace] = {}) -> AsyncIterator[None]:
    """The worker sends at these paces, or at once; when the block ends, what is under way is ended and told of."""
    try:
        async with working(running.parts, paces):
            try:
                yield
            finally:
                await _patiently(running.platforms.settled())
    finally:
        await _patiently(running.platforms.settled())


async def _patiently(settling: Awaitable[None]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(settling, PATIENCE.total_seconds())
