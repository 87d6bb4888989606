"""The servers of a test run leave nothing behind, even when the run is killed."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import servers

KILLED = """
import os, signal, sys
import servers

with servers.run_folder() as folder:
    print(folder, servers.address(folder, sys.argv[1]), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", [servers.POSTGRES, servers.REDIS, servers.VALKEY])
def test_a_server_ends_when_its_run_is_killed(kind: str) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, kind], cwd=servers.ROOT, stdout=subprocess.PIPE, check=False)
    folder, address = run.stdout.decode().split()

    servers.wait_for_keepers(Path(folder))

    assert run.returncode == -signal.SIGKILL
    assert not list(Path(folder).glob("*.address"))
    assert not answers(address)


def test_a_server_ends_with_its_block() -> None:
    with servers.started(servers.REDIS) as address:
        assert answers(address)
    assert not answers(address)


def test_a_run_has_one_server_of_a_kind_for_each_owner(run_folder: Path) -> None:
    first, again, other = (servers.address(run_folder, servers.REDIS, owner) for owner in ("one", "one", "other"))
    assert first == again
    assert first != other


def test_a_run_whose_folder_the_last_keeper_removed_has_ended(tmp_path: Path) -> None:
    assert not servers.has_keepers(tmp_path / "removed")
    servers.wait_for_keepers(tmp_path / "removed")


def test_what_could_not_start_says_why(run_folder: Path) -> None:
    with pytest.raises(RuntimeError, match="no such kind"):
        servers.address(run_folder, "no such kind")


def answers(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True
