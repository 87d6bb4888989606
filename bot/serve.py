"""Putting the parts together, running them until told to stop, closing them in order."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from functools import partial
from pathlib import Path
from time import monotonic
from typing import cast

import structlog
from aiohttp import web

import storage
from bot.inbox import ComeAgain, Inbox
from bot.sockets import Connection, ConnectionLimits, Connections, watched
from bot.web import Endpoints, app
from bot.worker import Worker
from broadcast.hints import Hints, hints
from broadcast.watch import Observe, unobserved
from channels import Channel
from channels.messages import Message, Stopped
from console import site as console
from console.office import Office
from handlers.conversations import Deployment
from handlers.second_factors import SecondFactor
from handlers.talk.boards import Boards
from public import site as public
from public._frame.source import Source
from storage import Database, Keyring

PATIENCE = timedelta(seconds=5)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs, put together."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    hints: Hints
    inbox: Inbox
    endpoints: Endpoints
    worker: Worker
    office: Office
    source: Source

    def site(self, before: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
        """All that is served: the platforms' hooks, our health, what everybody may read, the pages of staff.

        `before` comes first.
        """
        application = app(self.endpoints)
        application.add_routes(before)
        public.add(application, self.source)
        console.add(application, self.office)
        return application


@dataclass(frozen=True, slots=True)
class Setup:
    """What a program is made of."""

    database_url: str
    keys: Keyring
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    redis_url: str = ""
    """Empty: there is no Redis, and one process only."""
    alone: bool = False
    """No other process uses the database."""
    public_url: str = ""
    price: str = ""
    second_factor: SecondFactor = SecondFactor.ALL_BUT_TRANSLATORS
    framed: bool = False
    """These four as in `Office`."""
    observe: Observe = unobserved


@asynccontextmanager
async def parts(setup: Setup) -> AsyncIterator[Parts]:
    """The parts of a program, started; closed in the other order."""
    keys, channels, clock, observe = setup.keys, setup.channels, setup.clock, setup.observe
    async with AsyncExitStack() as open_:
        database = storage.open(setup.database_url)
        open_.push_async_callback(database.close)
        shared = await open_.enter_async_context(hints(setup.redis_url, monotonic, observe))
        for channel in channels.values():
            await channel.start()
            open_.push_async_callback(channel.close)
        inbox = Inbox(database, Deployment(keys, channels, Boards()), shared.waker, clock, observe=observe)
        open_.push_async_callback(inbox.close)
        endpoints = Endpoints(channels, inbox, database, clock, observe)
        worker = Worker(database, keys, channels, shared, inbox, clock, setup.alone, observe)
        office = Office(
            database,
            keys,
            channels,
            clock,
            shared.waker,
            setup.public_url,
            setup.price,
            setup.second_factor,
            framed=setup.framed,
        )
        source = Source(database, channels, clock, setup.public_url)
        yield Parts(database, keys, channels, shared, inbox, endpoints, worker, office, source)


async def listen(
    application: web.Application, host: str, port: int, closing: asyncio.Event, limits: ConnectionLimits | None = None
) -> None:
    """Serve until `closing`; requests under way are finished."""
    application.middlewares.insert(0, watched)
    runner = web.AppRunner(application, shutdown_timeout=PATIENCE.total_seconds())
    await runner.setup()
    limits = limits or ConnectionLimits()
    connect = partial(Connection, cast(web.Server, runner.server), Connections(limits))
    try:
        with contextlib.closing(
            await asyncio.get_running_loop().create_server(connect, host, port, backlog=limits.most)
        ):
            log.info("listening", host=host, port=port)
            await closing.wait()
    finally:
        await runner.cleanup()


async def poll(channel: Channel, inbox: Inbox, closing: asyncio.Event) -> None:
    """Fetch what people write, without a webhook, until `closing`, where the platform lets us."""
    polling = asyncio.create_task(_poll(channel, inbox))
    waiting = asyncio.create_task(closing.wait())
    await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for task in (polling, waiting):
        task.cancel()
    await asyncio.gather(polling, waiting, return_exceptions=True)


async def _poll(channel: Channel, inbox: Inbox) -> None:
    while batches := channel.poll():
        try:
            async for messages in batches:
                await _keep(inbox, messages)
                for message in messages:
                    await channel.acknowledge(message)
        except Stopped as stopped:
            log.critical("polling stopped", channel=channel.name, code=stopped.code)
            return
        except Exception as fault:
            log.error("polling paused", channel=channel.name, fault=type(fault).__name__)
            await asyncio.sleep(1)


async def _keep(inbox: Inbox, messages: Sequence[Message]) -> None:
    while True:
        try:
            return await inbox.take(messages)
        except ComeAgain:
            await asyncio.sleep(1)


def until_told() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        log.info("told to end")
        closing.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    return closing


class InUse(Exception):
    """Another process serves from this database file."""


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """Nobody else serves from this SQLite file meanwhile. Raises `InUse`."""
    with _locked(file, LOCK_EX, f"Another process already serves from {file}."):
        yield


@contextmanager
def beside_others(file: Path) -> Iterator[None]:
    """Nobody who has to be alone with it serves from this SQLite file meanwhile. Raises `InUse`."""
    with _locked(
        file, LOCK_SH, f"`hearback run` already serves from {file}. It does everything: start nothing beside it."
    ):
        yield


@contextmanager
def _locked(file: Path, how: int, why_not: str) -> Iterator[None]:
    """The system lets go of it when the process dies."""
    with os.fdopen(os.open(f"{file}.lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        try:
            flock(lock, how | LOCK_NB)
        except BlockingIOError:
            raise InUse(why_not) from None
        yield
