"""How soon `hearback run` is ready on SQLite, and how much memory it has after many turns, beside a bare handler."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop

import storage
from bench import _forum
from bench._crowd import crowd
from bench._databases import DISK
from bench._programs import running
from bench._tables import Effort, table
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from demo.serving import free_port
from servers.program import is_ready, program
from storage import keys

PEOPLE = 64
COLUMNS = ("program, SQLite", "ready ms", "MB when ready", "MB after {turns:,} turns", "x bare", "most MB")
NOTES = (
    "ready: from the start of the process to the first 200 of /health/ready; bare: until it listens.",
    "The promise: ready in under 1,500 ms, under 120 MB after 10,000 turns. The first start makes the tables.",
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds, and bytes of resident memory."""

    ready: float
    at_first: int
    after: int
    most: int


def measure(effort: Effort) -> Iterator[str]:
    turns = int(effort.of(10_000, 1_000))
    first: list[Footprint] = []
    again: list[Footprint] = []
    bare: list[Footprint] = []
    for _run in range(effort.runs):
        with tempfile.TemporaryDirectory(prefix="hearback-bench-", dir=DISK) as folder:
            first.append(uvloop.run(_hearback(Path(folder), 0)))
            again.append(uvloop.run(_hearback(Path(folder), turns)))
            bare.append(uvloop.run(_bare(Path(folder), turns)))
    rows = [
        _row("hearback run, first start", first, None),
        _row("hearback run", again, bare),
        _row("bare", bare, bare),
    ]
    yield table("Footprint", [column.format(turns=turns) for column in COLUMNS], rows, *NOTES)


def _row(name: str, runs: list[Footprint], bare: list[Footprint] | None) -> tuple[str, ...]:
    ready = f"{median(run.ready for run in runs) * 1000:,.0f}"
    at_first = f"{median(run.at_first for run in runs) / 1e6:.0f}"
    if bare is None:
        return name, ready, at_first, "", "", ""
    after = median(run.after for run in runs)
    times = median(run.after / other.after for run, other in zip(runs, bare, strict=True))
    return name, ready, at_first, f"{after / 1e6:.0f}", f"{times:.2f}", f"{max(run.most for run in runs) / 1e6:.0f}"


async def _hearback(folder: Path, turns: int) -> Footprint:
    """The program as an organization starts it; the second time there is a process, and people write."""
    safe = folder / "safe" / "keys.json"
    url = f"sqlite:///{folder / 'hearback.db'}"
    if not safe.exists():
        safe.parent.mkdir()
        keys.create(safe)
    else:
        await _begin(url)
    port = free_port()
    async with running("bench._fake_telegram") as replies:
        environment = {
            "DATABASE_URL": url,
            "HEARBACK_KEYS": str(safe),
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_SECRET": TELEGRAM_SECRET,
            "TELEGRAM_API": f"http://127.0.0.1:{await replies.ready()}/0",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        began = perf_counter()
        async with program("run", environment=environment) as process:
            await is_ready(process, port)
            ready = perf_counter() - began
            at_first = _memory(process.pid)
            await _write(port, turns)
            return Footprint(ready, at_first["VmRSS"], (now := _memory(process.pid))["VmRSS"], now["VmHWM"])


async def _begin(url: str) -> None:
    database = storage.open(url)
    await _forum.begin(database)
    await database.close()


async def _bare(folder: Path, turns: int) -> Footprint:
    began = perf_counter()
    async with running("bench._bare_turns", f"sqlite+aiosqlite:///{folder / 'bare.db'}") as program:
        port = int(await program.ready())
        ready = perf_counter() - began
        at_first = _memory(program.process.pid)
        await _write(port, turns)
        return Footprint(ready, at_first["VmRSS"], (now := _memory(program.process.pid))["VmRSS"], now["VmHWM"])


async def _write(port: int, turns: int) -> None:
    async with crowd(port, PEOPLE) as people:
        while people.written < turns:
            await asyncio.gather(*(chat.write() for chat in people.chats))


def _memory(process: int) -> dict[str, int]:
    """Bytes by the names of proc(5)."""
    lines = (line.partition(":") for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return {name: int(size.split()[0]) * 1024 for name, _colon, size in lines if name.startswith("Vm")}
