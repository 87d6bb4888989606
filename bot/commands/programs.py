"""The programs: everything in one process, the web app alone, a worker alone, and the tables that they need."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop

import storage
from bot import clock, metrics, resealing, rotation, serve
from bot.commands import keys
from bot.commands.terminal import (
    load_keys,
    load_settings,
    load_variables,
    progress,
    refuse_unmade,
    say,
    stop,
    verify,
)
from bot.corrections import Corrections
from bot.serve import Parts
from bot.settings import Settings, file_of
from storage import Database

T = TypeVar("T")
Work = Coroutine[Any, Any, None]


def run(
    poll: Annotated[
        bool, typer.Option(help="Fetch instead of being called, where a platform lets us: for a laptop.")
    ] = False,
) -> None:
    """Everything in one process, for a small organization."""
    settings = load_settings(with_channels=True)
    if not poll:
        _refuse_deaf(settings, "start with --poll (on a laptop)")

    def works(parts: Parts, closing: asyncio.Event) -> list[Work]:
        polls = [serve.poll(channel, parts.inbox, closing) for channel in parts.channels.values()] if poll else []
        return [_listen(settings, parts, closing), parts.worker.run(closing), *polls]

    file = file_of(settings.database_url)
    with _holding(serve.alone_with, file):
        storage.migrate(settings.database_url)
        verify(settings.keys)
        _reseal(settings.database_url)
        uvloop.run(_work(settings, works, alone=file is not None))


def web() -> None:
    """The web app alone; workers send what it takes in."""
    settings = load_settings(with_channels=True)
    _refuse_deaf(settings, "use `hearback run --poll` (on a laptop)")
    _beside_others(settings, lambda parts, closing: [_listen(settings, parts, closing)])


def worker() -> None:
    """A worker alone; run as many as are needed."""
    settings = load_settings(with_channels=True)
    _beside_others(settings, lambda parts, closing: [parts.worker.run(closing)])


def _refuse_deaf(settings: Settings, otherwise: str) -> None:
    """A channel that nobody can call and nobody polls would look as if nobody wrote."""
    deaf = [
        f"Nothing would be heard on {name}. Set {channel.webhook_needs}, or {otherwise}."
        for name, channel in settings.channels.items()
        if channel.webhook_needs
    ]
    if deaf:
        stop("\n".join(deaf))


def _beside_others(settings: Settings, works: Callable[[Parts, asyncio.Event], list[Work]]) -> None:
    refuse_unmade()
    with _holding(serve.beside_others, file_of(settings.database_url)):
        verify(settings.keys)
        uvloop.run(_work(settings, works))


@contextmanager
def _holding(hold: Callable[[Path], AbstractContextManager[None]], file: Path | None) -> Iterator[None]:
    """The lock of an SQLite file; PostgreSQL needs none."""
    try:
        with nullcontext() if file is None else hold(file):
            yield
    except serve.InUse as in_use:
        stop(str(in_use))


async def _work(settings: Settings, works: Callable[[Parts, asyncio.Event], list[Work]], alone: bool = False) -> None:
    """Until told to end: what the program is for, and what every program does beside it."""
    closing = serve.until_told()
    time = clock.Clock()
    counts = metrics.Counts(time.now)
    setup = serve.Setup(
        database_url=settings.database_url,
        keys=settings.keys,
        channels=settings.channels,
        clock=time.now,
        redis_url=settings.redis_url,
        alone=alone,
        public_url=settings.public_url,
        price=settings.sms_price,
        second_factor=settings.second_factor,
        observe=counts.observe,
    )
    async with serve.parts(setup) as parts, asyncio.TaskGroup() as tasks:
        await time.look(parts.database)
        corrections = Corrections(parts.database)
        await corrections.look()
        for work in (
            *works(parts, closing),
            keys.follow(parts.keys, closing),
            rotation.attend(parts.database, parts.keys, time.now, closing),
            time.follow(parts.database, closing),
            corrections.follow(closing),
            *_counted(settings, parts, counts, closing),
        ):
            tasks.create_task(work)


def _listen(settings: Settings, parts: Parts, closing: asyncio.Event) -> Work:
    return serve.listen(parts.site(), settings.host, settings.port, closing)


def _counted(settings: Settings, parts: Parts, counts: metrics.Counts, closing: asyncio.Event) -> list[Work]:
    if settings.metrics_port is None:
        return []
    counts.permitted(parts.channels)
    return [serve.listen(metrics.app(counts, parts.database), settings.host, settings.metrics_port, closing)]


def migrate() -> None:
    """Make the tables, or bring them up to date. Stopped, it can be run again."""
    url = load_variables().database_url
    storage.migrate(url, lambda version: say(f"  {version}"))
    _reseal(url)
    say("The tables are up to date.")


def _reseal(url: str) -> None:
    """What is sealed and has another place now: only that needs the keys."""
    if not uvloop.run(_with(url, resealing.are_left)):
        return
    keyring = load_keys()
    say("What people agreed to is sealed anew ...")
    outcome = uvloop.run(_with(url, lambda database: resealing.reseal(database, keyring, progress())))
    say(f"{outcome.number} were sealed anew.")
    if outcome.unreadable:
        say(f"{outcome.unreadable} cannot be opened by any key in the file: they stay as they are.")


async def _with(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    database = storage.open(url)
    try:
        return await work(database)
    finally:
        await database.close()


COMMANDS: Mapping[str, Callable[..., None]] = {"run": run, "web": web, "worker": worker, "migrate": migrate}
