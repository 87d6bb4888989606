"""Hostile sockets: what hundreds that stall cost the others, how long they stay, what endless bodies take."""

import asyncio
import resource
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import uvloop

from bench._crowd import Crowd, crowd
from bench._databases import DISK
from bench._hostile import KINDS, PATIENCE, Refusal, Stalled, flood, floods, stall
from bench._programs import Program, running
from bench._tables import Effort, table
from bot.sockets import ConnectionLimits

PEOPLE = 32
RATE = 100.0
"""Turns a second, far from what the program can do."""
TOGETHER = (1, 20)
"""So many hostile bodies of each kind arrive at once: first one, then more."""
FILES = 4096


@dataclass(frozen=True, slots=True)
class Waits:
    """How long healthy turns took, in order of length."""

    alone: Sequence[float]
    beside: Sequence[float]


def measure(effort: Effort) -> Iterator[str]:
    _allow_files()
    many, whole = int(effort.of(900, 180)), effort.of(ConnectionLimits().whole.total_seconds(), 3.0)
    yield from uvloop.run(_measure(effort, many, whole))


def _allow_files() -> None:
    """For us and for the program that we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard), hard)
        )


async def _measure(effort: Effort, many: int, whole: float) -> list[str]:
    async with _door(whole) as (program, port):
        async with crowd(port, PEOPLE) as people:
            await people.join()
            waits, stalled = await _beside(people, port, many, effort)
        grown = {
            name: [await _grown(program, port, head, again, many) for many in TOGETHER]
            for name, (head, again) in floods().items()
        }
    return [_healthy(waits, many), _lives(stalled, whole), _bodies(grown)]


@asynccontextmanager
async def _door(whole: float) -> AsyncIterator[tuple[Program, int]]:
    with tempfile.TemporaryDirectory(prefix="hearback-bench-", dir=DISK) as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'door.db'}"
        async with running("bench._hearback_door", url, str(whole)) as program:
            yield program, int(await program.ready())


async def _beside(people: Crowd, port: int, many: int, effort: Effort) -> tuple[list[Waits], dict[str, list[Stalled]]]:
    """Turns alone, then beside so many that stall, again and again; and all who stalled."""
    waits, stalled = [], {kind: list[Stalled]() for kind in KINDS}
    for _run in range(effort.runs):
        alone = await people.write_at(RATE, effort.of(8.0, 1.5))
        hanging = await stall(port, many)
        waits.append(Waits(alone, await people.write_at(RATE, effort.of(8.0, 1.5))))
        assert not any(socket.closed for sockets in hanging.values() for socket in sockets), (
            "they were measured beside nobody"
        )
        for kind, sockets in hanging.items():
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(socket.gone.wait() for socket in sockets))
            stalled[kind] += sockets
    return waits, stalled


@dataclass(frozen=True, slots=True)
class Grown:
    """How those were refused who never stop, and how many bytes of memory they took at most."""

    refused: Sequence[Refusal]
    memory: int


async def _grown(program: Program, port: int, head: bytes, again: bytes, many: int) -> Grown:
    before = int(await program.ask("memory"))
    refused = await asyncio.gather(*(asyncio.to_thread(flood, port, head, again) for _each in range(many)))
    return Grown(refused, int(await program.ask("most memory")) - before)


def _healthy(waits: Sequence[Waits], many: int) -> str:
    rows = [
        (
            name,
            f"{median(_share(run.alone, share) for run in waits) * 1000:.1f}",
            f"{median(_share(run.beside, share) for run in waits) * 1000:.1f}",
            f"{median(_share(run.beside, share) / _share(run.alone, share) for run in waits):.2f}",
        )
        for name, share in (("p50", 0.5), ("p95", 0.95))
    ]
    return table(
        f"Healthy turns, {RATE:.0f} a second from {PEOPLE} people, alone and beside {many} sockets that stall",
        ("turn", "alone ms", "beside ms", "x alone"),
        rows,
        "The promise: p95 under 200 ms.",
    )


def _share(waited: Sequence[float], share: float) -> float:
    return waited[int(len(waited) * share)]


def _lives(stalled: dict[str, list[Stalled]], whole: float) -> str:
    lives = {kind: sorted(socket.life for socket in sockets) for kind, sockets in stalled.items()}
    rows = [(kind, str(len(some)), f"{some[0]:.2f}", f"{some[-1]:.2f}") for kind, some in lives.items()]
    return table(
        f"How long who stalls stays; a request may take {whole:.0f} s to become whole",
        ("a socket that", "sockets", "shortest s", "longest s"),
        rows,
        "The promise: at most 30 s. aiohttp alone: a stalled body more than 300 s, headers 60 to 100 s.",
    )


def _bodies(grown: dict[str, list[Grown]]) -> str:
    rows = [
        (
            name,
            "/".join(sorted({refusal.status for several in those for refusal in several.refused})),
            *(f"{max(refusal.seconds for refusal in several.refused):.2f}" for several in those),
            f"{max(refusal.sent for several in those for refusal in several.refused) / 1e6:.1f}",
            *(f"{several.memory / 1e6:.1f}" for several in those),
        )
        for name, those in grown.items()
    ]
    return table(
        "Those who never stop",
        (
            "what they send", "answer", *(f"{many}: until closed s" for many in TOGETHER), "MB sent by one",
            *(f"{many}: more memory MB" for many in TOGETHER),
        ),
        rows,
        "The promise: refused within a second, with less than 20 MB more memory. Most of what is sent is never read.",
        "none: closed before the answer could be read.",
    )  # fmt: skip
