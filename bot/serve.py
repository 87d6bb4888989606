"""Putting the parts together, running them until told to stop, closing them in order."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path
from time import monotonic
from typing import cast

import structlog
from aiohttp import web

import storage
from bot.inbox import Away, Turns
from bot.sockets import Connection, ConnectionLimits, Connections, watched
from bot.web import Door
from bot.worker import Worker
from broadcast.hints import Hints, hints
from broadcast.watch import Observe, unobserved
from channels import Channel
from channels.messages import Message, Stopped
from handlers.conversations import Ears
from handlers.talk.boards import Boards
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
    turns: Turns
    door: Door
    worker: Worker


@asynccontextmanager
async def parts(
    database_url: str,
    redis_url: str,
    keys: Keyring,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    alone: bool = False,
    observe: Observe = unobserved,
) -> AsyncIterator[Parts]:
    """The parts of a program, started; closed in the other order. `alone`: no other process uses the database."""
    async with AsyncExitStack() as open_:
        database = storage.open(database_url)
        open_.push_async_callback(database.close)
        told = await open_.enter_async_context(hints(redis_url, monotonic, observe))
        for channel in channels.values():
            await channel.start()
            open_.push_async_callback(channel.close)
        turns = Turns(database, Ears(keys, channels, Boards()), told.bell, clock, observe=observe)
        open_.push_async_callback(turns.close)
        yield Parts(
            database,
            keys,
            channels,
            told,
            turns,
            Door(channels, turns, database, clock, observe),
            Worker(database, keys, channels, told, turns, clock, alone, observe),
        )


async def listen(
    made: web.Application, host: str, port: int, closing: asyncio.Event, limits: ConnectionLimits | None = None
) -> None:
    """Serve until `closing`; requests under way are finished."""
    made.middlewares.insert(0, watched)
    runner = web.AppRunner(made, shutdown_timeout=PATIENCE.total_seconds())
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


async def poll(channel: Channel, turns: Turns, closing: asyncio.Event) -> None:
    """Fetch what people write, without a webhook, until `closing`, where the platform lets us."""
    polling = asyncio.create_task(_poll(channel, turns))
    waiting = asyncio.create_task(closing.wait())
    await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for task in (polling, waiting):
        task.cancel()
    await asyncio.gather(polling, waiting, return_exceptions=True)


async def _poll(channel: Channel, turns: Turns) -> None:
    while batches := channel.poll():
        try:
            async for messages in batches:
                await _keep(turns, messages)
                for message in messages:
                    await channel.acknowledge(message)
        except Stopped as stopped:
            log.critical("polling stopped", channel=channel.name, code=stopped.code)
            return
        except Exception as fault:
            log.error("polling paused", channel=channel.name, fault=type(fault).__name__)
            await asyncio.sleep(1)


async def _keep(turns: Turns, messages: Sequence[Message]) -> None:
    while True:
        try:
            return await turns.take(messages)
        except Away:
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
    with os.fdopen(os.open(f"{file}.lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise InUse(f"Another process already serves from {file}.") from None
        yield
