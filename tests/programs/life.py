"""A real program in a process of its own, and how it is ended."""

import asyncio
import multiprocessing
import os
import resource
import signal
from contextlib import suppress
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
import structlog

import channels
from bot import clock, logs, serve
from channels import Limits, Pace
from storage import Database
from tests.programs import points
from tests.programs.machine import STOPPED, Machine, QuickLoop, state
from tests.programs.machine import Told as Clock
from tests.review import KEYS

LONGEST_LIFE = 3600
AS_MANY_AS_COME = Limits(replies=10_000_000, newcomers=10_000_000)
"""Its people are machines, and are to be answered as people would be."""
GLANCE = 0.003
SOON = timedelta(minutes=5)
LOOKS_AT_THE_TIME = timedelta(seconds=10)
LEAVES = "leaves"
"""What is written to the log when a send begins."""
ALONE, WORKER, WEB = "alone", "worker", "web"
"""What a program is: everything in one process with nobody else at the database, a worker, or the web app."""

log = structlog.get_logger()
PROGRAMS = multiprocessing.get_context("forkserver")
"""Each is forked from a process that has imported everything and done nothing yet."""
PROGRAMS.set_forkserver_preload(["tests.programs.preloaded"])


class Told(msgspec.Struct):
    """What a program is told. `settings`: constants of any module by their dotted names, times in seconds.

    `stops`: the point at which it stops, when it comes there for the `nth` time.
    """

    is_: str
    database_url: str
    environment: dict[str, str]
    clock: Clock
    place: int
    log: str
    port: int
    pace: tuple[float, int, float]
    redis_url: str = ""
    settings: dict[str, float] = {}
    stops: str = ""
    nth: int = 1


class Life:
    """One process, as long as it lives."""

    def __init__(self, instructions: Told, machine: Machine) -> None:
        self.instructions = instructions
        self.machine = machine
        self.process: BaseProcess = PROGRAMS.Process(
            target=main, args=(msgspec.json.encode(instructions),), daemon=True
        )
        self.process.start()
        machine.present[instructions.place] = self.pid
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.process.sentinel, self._end)

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def lives(self) -> bool:
        return not self._ended.is_set()

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self.process.sentinel)
        self._ended.set()

    @property
    def is_stopped(self) -> bool:
        """It must not end by itself."""
        if not self.lives:
            raise RuntimeError(f"a program ended with {self.process.exitcode}, see {self.instructions.log}")
        return state(self.pid) in STOPPED

    async def stops_by_itself(self, within: timedelta) -> bool:
        """Whether it comes to its point in so long, by the machine's clock."""
        until = self.machine.elapsed() + within
        while True:
            if self.is_stopped or self.machine.elapsed() > until:
                return self.is_stopped
            await asyncio.sleep(GLANCE)

    async def is_made_to_stop(self) -> None:
        self.stops()
        assert await self.stops_by_itself(SOON)

    async def kill(self) -> None:
        self.process.kill()
        await self._ended.wait()

    async def ends(self) -> None:
        """As an operator ends it: what is under way is ended and written down."""
        if self.lives:
            self.process.terminate()
            await self._ended.wait()

    def stops(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def goes_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def may_write(self, size: int = resource.RLIM_INFINITY) -> None:
        """No file can be written to beyond this many bytes, as if the disk were full there."""
        _soft, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, hard))


def main(raw: bytes) -> None:
    signal.alarm(LONGEST_LIFE)  # whoever is forgotten here ends all the same
    instructions = msgspec.json.decode(raw, type=Told)
    logs.configure(Path(instructions.log).open("a", buffering=1))  # noqa: SIM115 open as long as the process
    os.environ["PGAPPNAME"] = name_of(os.getpid())
    machine = Machine(instructions.clock, instructions.place)
    for name, value in instructions.settings.items():
        _put(name, value)
    if instructions.stops:
        points.arm(instructions.stops, instructions.nth)
    _put_clock(machine)
    with asyncio.Runner(loop_factory=lambda: QuickLoop(machine)) as runner:
        runner.run(_live(instructions, machine))


def name_of(pid: int) -> str:
    """By which PostgreSQL knows the connections of a program."""
    return f"program {pid}"


def _put(name: str, value: float) -> None:
    home, attribute = points.home_of(name)
    default: Any = getattr(home, attribute)
    setattr(home, attribute, timedelta(seconds=value) if isinstance(default, timedelta) else type(default)(value))


def _put_clock(machine: Machine) -> None:
    """The database's clock is this machine's too."""

    async def moment(_database: Database) -> Any:
        return machine.now()

    setattr(Database, "moment", moment)  # noqa: B010 mypy would take it for a slip
    setattr(serve, "monotonic", lambda: machine.elapsed().total_seconds())  # noqa: B010


async def _live(instructions: Told, machine: Machine) -> None:
    closing = serve.until_told()
    every = channels.from_settings(instructions.environment)
    rate, burst, gap = instructions.pace
    for channel in every.values():
        channel.pace = Pace(rate, burst, timedelta(seconds=gap))
        channel.limits = AS_MANY_AS_COME
        _note_sends(type(channel), machine)
    ours = clock.Clock(machine.now, machine.elapsed)
    alone = instructions.is_ == ALONE
    setup = serve.Setup(instructions.database_url, KEYS, every, ours.now, redis_url=instructions.redis_url, alone=alone)
    async with serve.parts(setup) as parts, asyncio.TaskGroup() as tasks:
        await _look(ours, parts.database)
        tasks.create_task(_follow(ours, parts.database, closing))
        if instructions.is_ != WORKER:
            tasks.create_task(serve.listen(parts.site(), "127.0.0.1", instructions.port, closing))
        if instructions.is_ != WEB:
            tasks.create_task(parts.worker.run(closing))


def _note_sends(kind: type[Any], machine: Machine) -> None:
    send = kind.send

    async def noted(*arguments: Any, **more: Any) -> Any:
        log.info(LEAVES, seconds=machine.elapsed().total_seconds())
        return await send(*arguments, **more)

    kind.send = noted


async def _follow(ours: clock.Clock, database: Database, closing: asyncio.Event) -> None:
    while not closing.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_AT_THE_TIME.total_seconds()):
                await closing.wait()
        await _look(ours, database)


async def _look(ours: clock.Clock, database: Database) -> None:
    """Without the database it goes by what it knew."""
    with suppress(Exception):
        await ours.check(database)
