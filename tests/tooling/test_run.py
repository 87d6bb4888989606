"""The script that starts everything."""

import ast
import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.machinery import SourceFileLoader
from importlib.metadata import packages_distributions
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import aiohttp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from servers.prod import Ports, free
from tests.rooms import sources

ROOT = Path(__file__).parents[2]
START, END = 120.0, 60.0
"""Seconds. Seven processes begin at once, perhaps on a busy machine."""
LISTENS = "0A"
"""The state of a socket, as Linux writes it."""
NOOR = "7000104"
"""Somebody of the town who has never written."""


@pytest.fixture
def run() -> ModuleType:
    loader = SourceFileLoader("run", str(ROOT / "run"))
    spec = spec_from_loader("run", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_program_is_started_by_its_whole_path(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started as a bare "python", Python looks for its environment along the PATH and does not find it."""
    started: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(run, "prepare", lambda _extent: None)
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append((path, arguments)))
    run.demo("--fresh")
    [(path, arguments)] = started
    assert Path(path).is_absolute()
    assert arguments == [path, "-m", "demo", "--fresh"]


def test_alone_it_lists_what_it_can_do(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main() == 0
    listed = capsys.readouterr().out
    assert all(f"\n  {command} " in listed for command in run.COMMANDS)


def test_what_it_does_not_know_is_refused(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main("dance") == 2
    assert "usage" in capsys.readouterr().err


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = """a==1 \\
    --hash=sha256:aa
    # via hearback (pyproject.toml)
b==1 ; python_version < '3.12' \\
    --hash=sha256:bb \\
    --hash=sha256:bc
    # via
    #   a
    #   tests-only
c==1 \\
    --hash=sha256:cc
    # via b
tests-only==1 \\
    --hash=sha256:dd
    # via hearback (pyproject.toml:dev)
of-tests==1 \\
    --hash=sha256:ee
    # via tests-only
"""


def test_a_server_gets_what_the_program_leads_to_with_its_hashes(run: ModuleType) -> None:
    kept = run.needed(LOCK)
    assert kept == LOCK.partition("tests-only==1")[0]
    assert kept.count("--hash") == 4


def names_of(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_a_server_gets_no_tools_for_tests(run: ModuleType) -> None:
    kept = {pin[1] for pin in run.PIN.finditer(run.needed(run.LOCK.read_text()))}
    assert names_of(PROJECT["project"]["dependencies"]) <= kept
    assert names_of(PROJECT["dependency-groups"]["dev"]) & kept == {run.BUILDS}


def test_all_that_the_running_program_imports_is_there(run: ModuleType) -> None:
    """With its extras, which it does without."""
    extra = [name for names in run.optional().values() for name in names]
    kept = {pin[1] for pin in run.PIN.finditer(run.needed(run.LOCK.read_text(), extra))}
    every = {path.relative_to(ROOT).parts[0] for path in sources()}
    rooms = every - {"demo"}
    homes = packages_distributions()
    strangers = {
        name
        for path in sources()
        if path.relative_to(ROOT).parts[0] in rooms
        for name in imported(path)
        if name not in every | sys.stdlib_module_names
    }
    assert len(strangers) > 10
    assert {name for name in strangers if not {canonicalize_name(home) for home in homes[name]} & kept} == set()


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    of = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | of}


@pytest.fixture
def place(run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Where `.venv` is made, with what would be called there."""
    called: list[list[str]] = []

    def call(command: list[object], **_rest: object) -> None:
        called.append([*map(str, command)])
        if "venv" in called[-1]:
            (tmp_path / "bin").mkdir()
            (tmp_path / "bin" / "python").touch()

    monkeypatch.setattr(run, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(run, "PROGRAMS", tmp_path / "bin")
    monkeypatch.setattr(run, "STAMP", tmp_path / "installed-from")
    monkeypatch.setattr(run.shutil, "which", lambda _name, path=None: None if path is None else f"{path}/uv")
    monkeypatch.setattr(run.subprocess, "run", call)
    return called


def test_a_server_is_installed_once_and_starts_without_more(run: ModuleType, place: list[list[str]]) -> None:
    assert run.install() == 0
    made, names, ourselves = place
    assert "venv" in made
    assert names[1:3] == ["-m", "pip"]
    assert "--require-hashes" in names
    assert names[-1].endswith("production.txt")
    assert "--no-deps" in ourselves
    run.install()
    run.prepare(run.installed())
    assert len(place) == 3


def test_what_was_installed_halfway_is_installed_anew(
    run: ModuleType, place: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_command: object, **_rest: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(run.subprocess, "run", killed)
        with pytest.raises(KeyboardInterrupt):
            run.install()
    assert run.stamp() == run.UNFINISHED
    run.install()
    assert run.stamp() == run.wanted(run.PRODUCTION)


def test_a_server_that_had_everything_gets_an_environment_of_its_own(run: ModuleType, place: list[list[str]]) -> None:
    run.prepare()
    assert place[-2][-1] == str(run.LOCK)
    (run.ENVIRONMENT / "of-tests").touch()
    run.install()
    assert not (run.ENVIRONMENT / "of-tests").exists()
    run.prepare()
    assert run.installed() == run.EVERYTHING


MEETS = """#!/bin/sh
echo {name} begins
touch {name}
until [ -e {other} ]; do sleep 0.01; done
echo {name} ends
exit {status}
"""


def test_checks_run_beside_each_other_and_what_each_says_stays_together(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, other, status in (("first", "second", 1), ("second", "first", 0)):
        (tmp_path / name).with_suffix(".sh").write_text(MEETS.format(name=name, other=other, status=status))
        (tmp_path / name).with_suffix(".sh").chmod(0o755)
    monkeypatch.setattr(run, "prepare", lambda: None)
    monkeypatch.setattr(run, "CHECKS", (("first.sh",), ("second.sh",)))
    monkeypatch.setattr(run, "PROGRAMS", tmp_path)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    assert run.check() == 1
    output, errors = capsys.readouterr()
    assert output.splitlines() == ["first begins", "first ends", "second begins", "second ends"]
    assert errors.splitlines()[-1] == "run: failed: first.sh"


MEASURED = {
    "council/__init__.py": """
        def rule(name: str) -> str:
            if name == "approval":
                return "in a program"
            return "in one that it started"
        """,
    "program.py": """
        import subprocess
        import sys

        import council

        council.rule("approval")
        started = "import council, os; council.rule('majority'); os._exit(0)"
        subprocess.run([sys.executable, "-c", started], check=True)
        """,
}
"""A worker of pytest is such a program, and ends so."""


def test_coverage_counts_what_all_programs_ran_and_leaves_one_file(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "council").mkdir()
    for name, code in MEASURED.items():
        (tmp_path / name).write_text(dedent(code))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)  # this test may be measured itself, and its file is not ours
    monkeypatch.setattr(run, "ROOT", tmp_path)
    assert run.measure("program.py") == 0
    output, warned = capfd.readouterr()
    assert re.search(r"^council/__init__\.py +4 +0 +2 +0 +100%$", output, re.MULTILINE), output
    assert output.splitlines()[-1].startswith("TOTAL ")
    assert warned.startswith("run: how much")
    assert {path.name for path in tmp_path.iterdir()} == {".coverage", "council", "program.py", "pyproject.toml"}


def test_the_least_covered_files_stand_above_the_total(run: ModuleType) -> None:
    files = [f"{number}.py" for number in range(11)]
    assert run.shortened("\n".join(["Name", "-", *files, "-", "TOTAL"])).split() == [
        "Name",
        "-",
        *files[:10],
        "-",
        "TOTAL",
    ]
    assert run.shortened("Name\n-\n0.py\n-\nTOTAL").split() == ["Name", "-", "0.py", "-", "TOTAL"]


@pytest.mark.parametrize(
    ("arguments", "program"), [((), ["python"]), (("--coverage",), ["coverage", "run"])], ids=["plain", "measured"]
)
def test_all_words_but_our_own_go_to_pytest(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], program: list[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run, "check", lambda: 0)
    monkeypatch.setattr(subprocess, "call", lambda command, **_rest: started.append([*map(str, command)]))
    monkeypatch.setattr(subprocess, "run", lambda *_all, **_rest: subprocess.CompletedProcess([], 0, ""))
    run.test("tests/flows", *arguments, "-k", "share")
    name, *rest = program
    assert started == [[str(run.PROGRAMS / name), *rest, "-m", "pytest", "tests/flows", "-k", "share"]]


@pytest.mark.long
async def test_all_processes_of_the_procfile_start_answer_and_end_in_order() -> None:
    ports = free(18000 + os.getpid() % 1000 * 10, 2)
    # Where everybody may pass: PostgreSQL may have to run as another user than we.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        folder = Path(made)
        async with prod(folder, ports) as running, aiohttp.ClientSession() as session:
            await answers(session, f"http://127.0.0.1:{ports.first}/health/ready", running)
            await somebody_is_answered(session, f"http://127.0.0.1:{ports.around}")
            for port in (ports.metrics, *ports.of_workers):
                counted = await answers(session, f"http://127.0.0.1:{port}/metrics", running)
                assert "hearback_database_answers 1.0" in counted
            kill_what_listens_on(ports.of_workers[0])
            await answers(session, f"http://127.0.0.1:{ports.of_workers[0]}/metrics", running)
            running.send_signal(signal.SIGTERM)
            async with asyncio.timeout(END):
                output = (await running.communicate())[0].decode()
        assert "died (signal 9): it starts again" in output
        assert (running.returncode, output.count("stopped (rc=0)")) == (0, 3), output
        assert not any(is_open(port) for port in ports.all)
        assert (folder / "keys" / "deployment.key").stat().st_mode & 0o777 == 0o600
        assert (folder / "environment").stat().st_mode & 0o777 == 0o600
        assert not is_open(int((folder / "environment").read_text().partition("@127.0.0.1:")[2].partition("/")[0]))


@asynccontextmanager
async def prod(folder: Path, ports: Ports) -> AsyncIterator[asyncio.subprocess.Process]:
    """Without any channel of this machine's, so that it meets the fakes and nobody else."""
    ours = ("TELEGRAM_", "TWILIO_", "SMS_", "WHATSAPP_", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    arguments = ("--folder", folder, "--port", str(ports.first), "--settings", folder / "none")
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "servers.prod", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
            await running.communicate()


async def answers(session: aiohttp.ClientSession, url: str, running: asyncio.subprocess.Process) -> str:
    """What it says once it is there."""
    async with asyncio.timeout(START):
        while running.returncode is None:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return await answer.text()
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("it has ended")


async def somebody_is_answered(session: aiohttp.ClientSession, around: str) -> None:
    """The whole way: a phone, the fake platform, the web app, the database, a worker, and back."""
    async with session.get(f"{around}/phones/events") as events:
        async with session.post(f"{around}/phones/telegram/{NOOR}/say", json={"text": "hello"}) as response:
            assert response.status == 204
        async with asyncio.timeout(START):
            while "Yes, I agree" not in (await events.content.readline()).decode():
                pass


def kill_what_listens_on(port: int) -> None:
    """The program itself, as the system kills one that takes too much memory, until nobody listens there."""
    [inode] = [row[9] for row in sockets() if row[1].endswith(f":{port:04X}") and row[3] == LISTENS]
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) == f"socket:[{inode}]":
                os.kill(int(link.parts[2]), signal.SIGKILL)
    while is_open(port) and inode in {row[9] for row in sockets()}:
        time.sleep(0.01)


def sockets() -> list[list[str]]:
    return [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_an_extra_brings_what_it_leads_to_and_no_tools(run: ModuleType) -> None:
    lock = run.LOCK.read_text()
    plain = {pin[1] for pin in run.PIN.finditer(run.needed(lock))}
    more = {pin[1] for pin in run.PIN.finditer(run.needed(lock, run.optional()["lots"]))} - plain
    assert {"sortition-algorithms", "highspy", "numpy"} <= more
    assert not more & {"pytest", "mypy", "playwright"}


def test_an_extra_that_there_is_not_is_refused(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.install("chance") == 2
    assert "there is no extra called chance" in capsys.readouterr().err
