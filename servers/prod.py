"""The command behind `./run prod`: the Procfile with its workers, on a real PostgreSQL and Redis, on this computer."""

import argparse
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import honcho.manager
from honcho.environ import expand_processes, parse, parse_procfile

import channels
import servers
from bot import serve
from channels import Misconfigured
from servers.postgres import SUPERUSER
from storage import keys

ROOT = servers.ROOT
LONGEST_END = 45
"""Seconds in which what is under way may end, before a process is killed. Longer than any send may take."""
FIRST_PORT, TRIES, STEP = 8000, 20, 10
WELCOME = """
  {url}/health/ready   the web app; {workers} workers beside it
  {channels}
  {metrics}   the metrics, of each process its own

  {folder}/ keeps the database and the keys. To publish something, in another terminal:

      . {folder}/environment
      hearback broadcasts

  Ctrl+C ends it: nothing new is begun, what is leaving is sent and written down.
"""
PHONES = "{at}/phones   three phones to write to it on: no channel is set, so these are no real platforms"


@dataclass(frozen=True, slots=True)
class Ports:
    """Those of one start, beside each other. honcho gives the workers the ones a hundred further on."""

    first: int
    workers: int

    @property
    def metrics(self) -> int:
        return self.first + 1

    @property
    def around(self) -> int:
        return self.first + 2

    @property
    def all(self) -> Sequence[int]:
        return [*range(self.first, self.first + 3), *self.of_workers]

    @property
    def of_workers(self) -> Sequence[int]:
        return range(self.first + 100, self.first + 100 + self.workers)


def main() -> None:
    arguments = _arguments()
    folder: Path = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # PostgreSQL, which never runs as root, has to get through to its own folder
    try:
        with serve.alone_with(folder / "prod"):
            sys.exit(_run(folder, arguments, free(arguments.port, arguments.workers)))
    except (serve.InUse, Misconfigured, OSError, RuntimeError, subprocess.CalledProcessError) as stopped:
        sys.exit(f"prod: {stopped}")


def _run(folder: Path, arguments: argparse.Namespace, ports: Ports) -> int:
    environment = {**os.environ, **_read(arguments.settings)}
    is_real = bool(channels.from_settings(environment))
    is_new = not (folder / "database").exists()
    url = f"http://127.0.0.1:{ports.first}"
    procfile = dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
    release = shlex.split(procfile.pop("release"))
    with ExitStack() as open_:
        if not is_real:
            environment |= open_.enter_context(_fakes(url, ports.around, folder))
        environment |= _servers(folder, open_.enter_context(servers.run_folder()))
        environment |= {"HOST": "127.0.0.1", "METRICS_PORT": str(ports.metrics), "PYTHONUNBUFFERED": "1"}
        environment["PATH"] = f"{_bin(folder)}:{environment['PATH']}"
        _do(release, environment)
        if is_new and not is_real:
            _do(["hearback", "process", "open", str(ROOT / "docs" / "examples" / "process.toml")], environment)
        _tell(folder, environment)
        print(_welcome(url, arguments.folder, ports, is_real), flush=True)
        return _serve(procfile, environment, ports)


def _servers(folder: Path, run: Path) -> dict[str, str]:
    """The addresses of a PostgreSQL that is kept and a Redis that is not, and a key file apart from the database."""
    postgres = servers.address(run, servers.KEPT_POSTGRES, kept=folder / "database")
    redis = servers.address(run, servers.REDIS)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    file = folder / "keys" / "deployment.key"
    if not file.exists():
        keys.create(file)
    url = f"postgresql://{SUPERUSER}@{postgres}/postgres"
    return {"DATABASE_URL": url, "REDIS_URL": f"redis://{redis}/0", "HEARBACK_KEYS": str(file)}


def _bin(folder: Path) -> Path:
    """The folder of a command `hearback` that runs this very tree, installed or not."""
    command = folder / "bin" / "hearback"
    command.parent.mkdir(exist_ok=True)
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m bot "$@"\n'
    )
    command.chmod(0o755)
    return command.parent


@contextmanager
def _fakes(url: str, port: int, folder: Path) -> Iterator[Mapping[str, str]]:
    """Gives the settings that lead to the fakes. They end with their standard input, also when this process dies."""
    command = [sys.executable, "-m", "demo.around", url, str(port), str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    ) as fakes:
        assert fakes.stdin is not None
        assert fakes.stdout is not None
        try:
            settings = _until_blank(fakes.stdout)
            if not settings:
                raise OSError("the fake platforms did not start")
            yield _parse(settings)
        finally:
            fakes.stdin.close()


def _until_blank(lines: Iterable[str]) -> str:
    return "".join(takewhile(str.strip, lines))


def _do(command: Sequence[str], environment: Mapping[str, str]) -> None:
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    subprocess.run([program, *command[1:]], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _serve(procfile: Mapping[str, str], environment: Mapping[str, str], ports: Ports) -> int:
    """Until a signal ends all, or one ends of itself: 0 when each ended in order. One that dies is started again."""
    again = f"{shlex.quote(sys.executable)} -m servers.again"
    honcho.manager.KILL_WAIT = LONGEST_END
    manager = honcho.manager.Manager()
    for process in expand_processes(procfile, {"worker": ports.workers}, dict(environment), port=ports.first):
        # In the place of honcho's shell, which would end at once and tell us nothing of how the program ended.
        command = f"exec {again} {process.name} env {process.cmd}"
        manager.add_process(process.name, command, env=process.env, cwd=str(ROOT))
    manager.loop()
    ended = {process["returncode"] for process in manager._processes.values()}
    return 0 if ended == {0} else max(map(abs, ended))


def _tell(folder: Path, environment: Mapping[str, str]) -> None:
    """Write down the settings for other terminals."""
    changed = {name: value for name, value in environment.items() if os.environ.get(name) != value and name != "PATH"}
    file = folder / "environment"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(changed.items())]
    lines.append(f"export PATH={shlex.quote(str(folder / 'bin'))}:$PATH")
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:  # noqa: PTH123
        written.write("\n".join(lines) + "\n")


def _welcome(url: str, folder: Path, ports: Ports, is_real: bool) -> str:
    metrics = ", ".join(f"http://127.0.0.1:{port}/metrics" for port in (ports.metrics, *ports.of_workers))
    phones = PHONES.format(at=f"http://127.0.0.1:{ports.around}")
    set_ = "The channels of the environment are real: PUBLIC_URL has to lead here."
    return WELCOME.format(
        url=url, folder=folder, workers=ports.workers, metrics=metrics, channels=set_ if is_real else phones
    )


def free(first: int, workers: int) -> Ports:
    """From this port on, or from the next that leaves room for all."""
    for port in range(first, first + TRIES * STEP, STEP):
        ports = Ports(port, workers)
        if all(map(_is_free, ports.all)):
            return ports
    raise OSError(f"there is no room from port {first} on: choose another with --port")


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _read(file: Path) -> Mapping[str, str]:
    return _parse(file.read_text()) if file.exists() else {}


def _parse(text: str) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in parse(text).items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("./run prod", description="The Procfile, on real servers, on this computer only.")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="where to serve (%(default)s, or further on)")
    parser.add_argument("--workers", type=int, default=2, help="how many (%(default)s)")
    parser.add_argument("--folder", type=Path, default=Path("prod-data"), help="what keeps it all (%(default)s)")
    parser.add_argument("--settings", type=Path, default=ROOT / ".env", help="a file of NAME=value (.env)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
