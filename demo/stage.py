"""A whole Hearback in one process, between fake platforms and the people of a town."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from aiohttp import web

import channels
import flows
import storage
from bot import serve
from bot.web import app
from channels import Channel, Pace
from channels.telegram import Telegram as TelegramChannel
from channels.whatsapp import setup
from demo import panel, phones
from demo.phones import Platforms
from demo.platforms.telegram import Telegram
from demo.platforms.twilio import Twilio
from demo.serving import bound, serving, url_of
from demo.town import story
from demo.town.clock import Clock
from demo.town.running import Town
from demo.town.scenery import Scenery, scenery
from storage import keys

TOKEN = "7001001:AAdemo-only-nobody-else-takes-this-one"  # noqa: S105 opens nothing but the fake platform
SECRET = "demo-only-nobody-else-takes-this-one"  # noqa: S105 the same
ACCOUNT = "AC" + "0" * 32
SMS, WHATSAPP = "+15005550006", "whatsapp:+15005550009"
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
        platforms = _platforms(folder, host, clock, scene)
        at = await open_.enter_async_context(serving(_apis(platforms), bound()))
        every = await _channels(host, at)
        parts = await open_.enter_async_context(serve.parts(url, "", keys.load(folder / KEYS), every, clock, True))
        made = Town(parts, platforms, scene, clock, host)
        await open_.enter_async_context(serving(_site(made), listening))
        open_.push_async_callback(_close, platforms)
        await _connect(every["telegram"])
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


def _platforms(folder: Path, host: str, clock: Clock, scene: Scenery) -> Platforms:
    hooks = {SMS: f"{host}/hooks/sms", WHATSAPP: f"{host}/hooks/whatsapp"}
    name = scene.process.organizer["en"]
    telegram = Telegram(TOKEN, name=name, keep=folder / "telegram.chats", clock=clock)
    telegram.names |= {one.address: one.name for one in scene.people}
    telegram.languages |= {one.address: one.language for one in scene.people}
    return Platforms(telegram, Twilio(ACCOUNT, SECRET, hooks, keep=folder / "twilio.chats", clock=clock))


def _apis(platforms: Platforms) -> web.Application:
    made = web.Application()
    made.add_subapp("/telegram", platforms.telegram.application())
    made.add_subapp("/twilio", platforms.twilio.application())
    return made


async def _channels(host: str, apis: str) -> Mapping[str, Channel]:
    environment = {
        "PUBLIC_URL": host,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": f"{apis}/telegram",
        "TWILIO_ACCOUNT": ACCOUNT,
        "TWILIO_TOKEN": SECRET,
        "TWILIO_API": f"{apis}/twilio",
        "TWILIO_CONTENT_API": f"{apis}/twilio",
        "SMS_FROM": SMS,
        "WHATSAPP_FROM": WHATSAPP,
    }
    templates = await setup(environment, flows.templates())
    environment["WHATSAPP_TEMPLATES"] = ",".join(f"{name}={sid}" for name, sid in templates.items())
    return channels.from_settings(environment)


def _site(made: Town) -> web.Application:
    site = app(made.parts.door)
    site.add_routes(phones.routes(made.platforms, made.scenery.phones))
    site.add_routes(panel.routes(made))
    return site


async def _connect(telegram: Channel) -> None:
    assert isinstance(telegram, TelegramChannel)  # noqa: S101 for mypy: the protocol knows no webhook
    await telegram.set_webhook()


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
        await _patiently(made.settled())
        closing.set()
        await working
        await _patiently(made.settled())


async def _patiently(settling: Awaitable[None]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(settling, PATIENCE.total_seconds())


async def _close(platforms: Platforms) -> None:
    await platforms.telegram.close()
    await platforms.twilio.close()
