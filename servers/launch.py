"""Start a server program on a free port of this machine."""

import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ATTEMPTS = 3
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """How to start one: both functions are given the port. `user` is who runs it, if not who runs the tests."""

    command: Callable[[int], Sequence[str | Path]]
    answers: Callable[[int], bool]
    stop: signal.Signals
    user: str | None = None


def launch(server: Server, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The program that runs and its port. Another program may take the free port first: then try another."""
    log = folder / "log"
    for _ in range(ATTEMPTS):
        port = _free_port()
        program = start(server.command(port), server.user, log)
        if wait(program, server, port):
            return program, port
        program.kill()
        program.wait()
    raise SystemExit(log.read_text(errors="replace"))


def start(command: Sequence[str | Path], user: str | None, log: Path) -> subprocess.Popen[bytes]:
    group = pwd.getpwnam(user).pw_gid if user else None
    groups: list[str | int] | None = [] if user else None
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=group,
            extra_groups=groups,
        )


def wait(program: subprocess.Popen[bytes], server: Server, port: int) -> bool:
    patience = time.monotonic() + PATIENCE
    while program.poll() is None and time.monotonic() < patience:
        if server.answers(port):
            return True
        time.sleep(0.01)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
