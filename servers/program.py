"""Start the program as an operator does: by its command, in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from servers import ROOT

PATIENCE = 60.0
"""Seconds that only a failure takes."""
OFTEN = 0.005
READY = b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def program(*command: str, environment: Mapping[str, str], errors: int = DEVNULL) -> AsyncIterator[Process]:
    """`hearback command`, until the block ends; then it is told to end, if nobody has told it. `errors`: its log."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        cwd=ROOT,
        env=os.environ | environment,
        stdout=DEVNULL,
        stderr=errors,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            await _end(process)


async def _end(process: Process) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def is_ready(process: Process, port: int) -> None:
    """Wait until it answers there that it is. Raises SystemExit when it ends instead."""
    async with asyncio.timeout(PATIENCE):
        while not await _answers(port):
            if process.returncode is not None:
                raise SystemExit(f"hearback ended with status {process.returncode}")
            await asyncio.sleep(OFTEN)


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.write(READY)
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200")
