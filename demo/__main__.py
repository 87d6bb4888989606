"""The command behind `./run demo`: opens the town and says where."""

import argparse
import socket
import sys
from errno import EADDRINUSE
from pathlib import Path

import uvloop

from bot import logs, serve
from demo.stage import DATABASE, Outdated, clear, town
from storage import UnsafeKeys

FIRST_PORT = 8000
TRIES = 20
WELCOME = """
  {address}

  Three phones, and beside them the console, in a town of people who do not exist. Answer on Amina's phone,
  write a bulletin in the console, or be somebody new: choose Noor, Rosa or Hana above a phone and say hello.
  You sit in the console as Inês, an organizer; at its top you can be one of her colleagues.
  {folder}/ keeps what happens. Ctrl+C closes the town; start it again and it goes on.
"""


def main() -> None:
    arguments = _arguments()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with serve.alone_with(folder / DATABASE), (folder / "town.log").open("a", encoding="utf-8") as log:
            logs.configure(log)
            if arguments.fresh:
                clear(folder)
            uvloop.run(_open(folder.resolve(), folder, _listening(arguments.port)))
    except (serve.InUse, Outdated, UnsafeKeys, OSError) as stopped:
        sys.exit(f"demo: {stopped}")


async def _open(folder: Path, called: Path, listening: socket.socket) -> None:
    closing = serve.until_told()
    async with town(folder, listening) as opened:
        print(WELCOME.format(address=opened.url, folder=called), flush=True)
        await closing.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("./run demo", description="A town to try Hearback in, on this computer only.")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="where to serve (%(default)s, or the next free)")
    parser.add_argument("--folder", type=Path, default=Path("demo-data"), help="what keeps the town (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="forget the town that is there and build it anew")
    return parser.parse_args()


def _listening(first: int) -> socket.socket:
    """Bound to this port, or to the next that is free."""
    for port in range(first, first + TRIES):
        listening = socket.socket()
        # A town that was just closed leaves its port busy.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen(128)
        except OSError as fault:
            listening.close()
            if fault.errno != EADDRINUSE or first == 0:
                raise
            continue
        if port != first:
            print(f"demo: port {first} is taken, this is the next free one", file=sys.stderr)
        return listening
    raise OSError(f"ports {first} to {first + TRIES - 1} are all taken: choose another with --port")


if __name__ == "__main__":
    main()
