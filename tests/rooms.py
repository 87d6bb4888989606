"""The code that is installed: the files of every room that the import contracts watch."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def sources() -> Iterator[Path]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for room in project["tool"]["importlinter"]["root_packages"]:
        yield from sorted((ROOT / room).rglob("*.py"))
