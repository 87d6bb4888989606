"""Real servers for tests and benchmarks, each started when first asked for, all gone when the run is over."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "postgres"
"""PostgreSQL that trades safety for speed: a test's data need not survive the machine."""
DURABLE_POSTGRES = "durable-postgres"
"""PostgreSQL as in production: each commit is on the disk."""
KEPT_POSTGRES = "kept-postgres"
"""The same, in a folder that is there again the next time."""
REDIS = "redis"
VALKEY = "valkey"


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for one run. Its servers end when this ends, and also when this process dies.

    The servers read from the pipe `open` here. Its only writer is this process, so that whatever happens to
    this process, the servers' keepers see the pipe end.
    """
    folder = Path(tempfile.mkdtemp(prefix="hearback-run-"))
    os.mkfifo(folder / "open", 0o600)
    writer = os.open(folder / "open", os.O_RDWR)
    try:
        yield folder
    finally:
        os.close(writer)
        wait_for_keepers(folder)
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path, kind: str, owner: str = "", kept: Path | None = None) -> str:
    """Where the run's server of this kind listens, "127.0.0.1:PORT". Processes that name another owner get another.

    `kept`: the folder of what outlives the run, only with a kind that keeps something.
    """
    known = folder / f"{kind}-{owner}.address"
    with exclusive(folder, known.stem):
        if not known.exists():
            _start(folder, kind, known, kept)
        return known.read_text()


@contextmanager
def started(kind: str) -> Iterator[str]:
    """The address of one server that lives as long as the block."""
    with run_folder() as folder:
        yield address(folder, kind)


def flush(address: str) -> None:
    """Empty a Redis or Valkey."""
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(b"FLUSHALL\r\n")
        if not wire.recv(64).startswith(b"+OK"):
            raise RuntimeError("FLUSHALL was refused")


def wait_for_keepers(folder: Path) -> None:
    """A keeper removes its address when all that its server left is gone."""
    patience = time.monotonic() + 10
    while has_keepers(folder) and time.monotonic() < patience:
        time.sleep(0.01)


def has_keepers(folder: Path) -> bool:
    """The last keeper removes the run's folder, perhaps while this looks into it."""
    try:
        return any(path.suffix == ".address" for path in folder.iterdir())
    except FileNotFoundError:
        return False


@contextmanager
def exclusive(folder: Path, name: str) -> Iterator[None]:
    """Only one process of the run is in such a block at a time."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(folder: Path, kind: str, known: Path, kept: Path | None) -> None:
    keeper = [sys.executable, "-m", "servers", kind, str(known), *([str(kept)] if kept else [])]
    with (folder / "open").open("rb") as pipe:
        done = subprocess.run(
            keeper, cwd=ROOT, stdin=pipe, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    if not known.exists():
        raise RuntimeError(f"{kind} did not start: {done.stdout.decode(errors='replace')}")
