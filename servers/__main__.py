"""Keep one server running until standard input ends, then remove everything it left."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from servers import DURABLE_POSTGRES, KEPT_POSTGRES, POSTGRES, REDIS, VALKEY, has_keepers, postgres, redis
from servers.launch import Server, launch

SERVERS: Mapping[str, Callable[..., Server]] = {
    POSTGRES: postgres.quick,
    DURABLE_POSTGRES: postgres.durable,
    KEPT_POSTGRES: postgres.kept,
    REDIS: redis.redis,
    VALKEY: redis.valkey,
}
MEMORY = Path("/dev/shm")  # noqa: S108 - only a private folder inside it is used
DISK = Path("/var/tmp")  # noqa: S108 - only a private folder inside it is used
ENOUGH = 1 << 30


def main(kind: str, known: Path, *kept: Path) -> None:
    """Return in the first process once the server answers; stay in the background to keep it."""
    if os.fork():
        return
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with _own_folder(kind, known) as folder:
        server = SERVERS[kind](folder, *kept)
        program, port = launch(server, folder)
        try:
            _publish(f"127.0.0.1:{port}", known)
            _fall_silent()
            os.read(sys.stdin.fileno(), 1)
        finally:
            program.send_signal(server.stop)
            program.wait()
    _forget_the_run(known.parent)


@contextmanager
def _own_folder(kind: str, known: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"hearback-{kind}-", dir=place(kind)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        known.unlink(missing_ok=True)


def place(kind: str) -> Path:
    """Memory is quick; what must be durable, and what would not fit, goes to a disk."""
    if kind == DURABLE_POSTGRES or not MEMORY.is_dir():
        return DISK
    fits = shutil.disk_usage(MEMORY).free > ENOUGH and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return MEMORY if fits else DISK


def _publish(address: str, known: Path) -> None:
    written = known.with_suffix(".new")
    written.write_text(address)
    written.rename(known)


def _forget_the_run(folder: Path) -> None:
    """The last keeper removes the folder of the run, in case that the run itself was killed."""
    if not has_keepers(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _fall_silent() -> None:
    """Let go of the starter's pipe: it waits for the end of what we print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
