"""The real program behind its own door, that also tells how much memory it takes."""

import asyncio
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import uvloop

import storage
from bench import _forum
from bench._programs import answer
from bot import logs
from bot.serve import Setup, listen, parts
from bot.sockets import ConnectionLimits
from bot.web import app
from demo.serving import free_port
from tests.review import KEYS
from tests.waiting import until

ITSELF = Path("/proc/self")


async def main(url: str, whole: str) -> None:
    port = free_port()
    closing = asyncio.Event()
    async with parts(Setup(url, KEYS, {"telegram": _forum.telegram()}, _forum.now)) as made:
        await _forum.begin(made.database)
        limits = ConnectionLimits(whole=timedelta(seconds=float(whole)))
        listening = asyncio.create_task(listen(app(made.endpoints), "127.0.0.1", port, closing, limits))
        await until(lambda: _is_open(port))
        await answer(str(port), {"memory": _memory, "most memory": _most_memory})
        closing.set()
        await listening


async def _is_open(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


async def _memory() -> int:
    """Bytes now; from now on the most is measured anew."""
    (ITSELF / "clear_refs").write_text("5")
    return _bytes("VmRSS")


async def _most_memory() -> int:
    return _bytes("VmHWM")


def _bytes(name: str) -> int:
    lines = (ITSELF / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    logs.configure(StringIO())  # a line for each refusal would bury the table
    storage.migrate(sys.argv[1])
    uvloop.run(main(*sys.argv[1:]))
