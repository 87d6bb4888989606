"""The migrations make the tables that the code knows, on both databases, and take them away again."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, inspect

import storage
from storage.database import with_driver
from storage.migrate import differences, is_current, undo

ROOT = Path(__file__).parents[2]


def tables(url: str) -> set[str]:
    address = with_driver(url)
    engine = create_engine(address.set(drivername=address.drivername.replace("+aiosqlite", "")))
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def is_up_to_date(url: str) -> bool:
    address = with_driver(url)
    engine = create_engine(address.set(drivername=address.drivername.replace("+aiosqlite", "")))
    try:
        with engine.connect() as connection:
            return is_current(connection)
    finally:
        engine.dispose()


def test_up_down_and_up_again_leaves_nothing_and_misses_nothing(blank_database_url: str) -> None:
    assert not is_up_to_date(blank_database_url)
    storage.migrate(blank_database_url)
    assert is_up_to_date(blank_database_url)
    assert "person" in tables(blank_database_url)
    undo(blank_database_url)
    assert tables(blank_database_url) == set()
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []


def test_migrating_twice_changes_nothing(blank_database_url: str) -> None:
    storage.migrate(blank_database_url)
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []


def test_a_difference_would_be_found(blank_database_url: str) -> None:
    assert differences(blank_database_url)


def test_two_processes_may_migrate_at_once(blank_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", "import sys, storage; storage.migrate(sys.argv[1])"]
    both = [
        subprocess.Popen([*command, blank_database_url], cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for one in both:
        _out, faults = one.communicate(timeout=60)
        assert one.returncode == 0, faults
    assert differences(blank_database_url) == []
