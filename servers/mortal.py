"""A server of the caller's own that can be killed in the middle of everything and started again where it was."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.__main__ import SERVERS, place
from servers.launch import Server, launch, start, wait


class Mortal:
    """It keeps its port and its folder through every death."""

    def __init__(self, make: Callable[[Path], Server], folder: Path) -> None:
        self._server = make(folder)
        self._log = folder / "log"
        self._program, self.port = launch(self._server, folder)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def dies(self, how: signal.Signals = signal.SIGKILL) -> None:
        """PostgreSQL's SIGQUIT is its immediate shutdown: what is left on the disk is what a crash would leave."""
        self._program.send_signal(how)
        self._program.wait()

    def begins_again(self) -> None:
        self._program = start(self._server.command(self.port), self._server.user, self._log)

    def answers(self) -> bool:
        """Waits until it does."""
        return wait(self._program, self._server, self.port)

    def end(self) -> None:
        if self._program.poll() is None:
            self._program.send_signal(self._server.stop)
            try:
                self._program.wait(10)
            except subprocess.TimeoutExpired:
                self._program.kill()
                self._program.wait()


@contextmanager
def mortal(kind: str) -> Iterator[Mortal]:
    """One server of that kind, as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix=f"hearback-{kind}-", dir=place(kind)))
    try:
        server = Mortal(SERVERS[kind], folder)
        try:
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
