"""A program that dies is started again; one that has ended, refuses to start or is told to end is not."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servers import ROOT

DIES_ONCE = 'if [ -e "$0" ]; then exit 0; fi; touch "$0"; kill -9 $$'


def again(*command: str | Path) -> subprocess.Popen[str]:
    whole = [sys.executable, "-m", "servers.again", "--pause", "0.01", "worker.1", *map(str, command)]
    return subprocess.Popen(whole, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_program_that_dies_starts_again_and_that_is_said(tmp_path: Path) -> None:
    with again("sh", "-c", DIES_ONCE, tmp_path / "died") as running:
        _out, errors = running.communicate(timeout=60)
    assert running.returncode == 0
    assert errors == "worker.1 died (signal 9): it starts again in 0.01 s\n"


@pytest.mark.parametrize("status", [0, 2])
def test_a_program_that_has_ended_or_refuses_to_start_does_not(status: int) -> None:
    with again("sh", "-c", f"exit {status}") as running:
        _out, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (status, "")


def test_a_program_that_is_told_to_end_ends_and_stays_so() -> None:
    with again("sh", "-c", "trap 'exit 3' TERM; echo began; while :; do sleep 0.05; done") as running:
        assert running.stdout
        running.stdout.readline()
        running.send_signal(signal.SIGTERM)
        _out, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (3, "")


def test_told_to_end_while_it_waits_it_does_not_start_again() -> None:
    whole = [sys.executable, "-m", "servers.again", "--pause", "600", "worker.1", "sh", "-c", "exit 1"]
    with subprocess.Popen(whole, cwd=ROOT, text=True, stderr=subprocess.PIPE) as running:
        assert running.stderr
        assert "status 1" in running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0
