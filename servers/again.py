"""Starts a program again when it dies, after a pause, until it is told to end: as systemd's `Restart=always` does."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from threading import Event
from time import monotonic

LONGEST_PAUSE = 30.0
"""Seconds. Each pause is twice as long as the one before."""
WELL = 60.0
"""Who has lived for so many seconds was well: the next pause is a short one."""
REFUSED = 2
"""The status of a program that does not start as it is set: that does not change by trying."""


def main() -> int:
    arguments = _arguments()
    return keep_running(arguments.name, arguments.command, arguments.pause)


def keep_running(name: str, command: Sequence[str], pause: float) -> int:
    """The status with which it ended in order, was told to end, or refused to start."""
    end = Event()
    running: list[subprocess.Popen[bytes]] = []

    def tell(number: int, _frame: object) -> None:
        end.set()
        for process in running:
            process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    waits = pause
    while True:
        began = monotonic()
        running[:] = [subprocess.Popen(command)]
        if end.is_set():
            running[0].terminate()  # told so while it was being started
        status = running[0].wait()
        if end.is_set():
            # It hears of the end twice, from us and with its process group: the second may come when it has closed.
            return 0 if status == -signal.SIGTERM else status
        if status in (0, REFUSED):
            return status
        waits = pause if monotonic() - began > WELL else waits
        print(f"{name} died ({_why(status)}): it starts again in {waits:g} s", file=sys.stderr, flush=True)
        if end.wait(waits):
            return 0
        waits = min(2 * waits, LONGEST_PAUSE)


def _why(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m servers.again", description=__doc__)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds before it starts again (%(default)s)")
    parser.add_argument("name", help="what it is called in what is said")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the program")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
