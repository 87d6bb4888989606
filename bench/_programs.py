"""Programs in a process of their own, that answer questions until their standard input ends."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from demo.serving import bound, port_of, serving

PATIENCE = 60.0
"""Seconds for one answer. Whoever has none by then has failed."""
Question = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs."""

    process: asyncio.subprocess.Process

    async def ready(self) -> str:
        """The first that it says. So several can be started at once."""
        return await _line(self.process)

    async def ask(self, question: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(f"{question}\n".encode())
        return await _line(self.process)

    async def cpu(self) -> float:
        """Seconds of CPU it has used so far."""
        return float(await self.ask("cpu"))


@asynccontextmanager
async def running(module: str, *arguments: str) -> AsyncIterator[Program]:
    """`python -m module arguments`, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Program(process)
    finally:
        assert process.stdin
        process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(PATIENCE):
        line = await process.stdout.readline()
    if not line:
        raise SystemExit(f"a program of the benchmark ended with status {await process.wait()}, see above")
    return line.decode().strip()


async def answer(ready: str, questions: Mapping[str, Question]) -> None:
    """Within such a program: say that it is ready, then answer until nobody asks any more."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print(ready, flush=True)
    known = {"cpu": _cpu, **questions}
    while line := await lines.readline():
        print(await known[line.decode().strip()](), flush=True)


async def serve(made: web.Application, kept: Question, **more: Question) -> None:
    """Within such a program: serve this web app; `kept` says how many turns the database holds."""
    listening = bound()
    async with serving(made, listening):
        await answer(str(port_of(listening)), {"kept": kept, **more})


async def _cpu() -> float:
    return time.process_time()
