"""What holds for every file of the project."""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.parsing import parsed

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_OURS = re.compile(r"\.(?!ci$|gitignore$).*|__pycache__|build|node_modules|.*\.egg-info")
OUTSIDE = {"bench", "servers", "tests"}
A_HOME = re.compile(r"/(home|root|Users)/\w")
FILLERS = {"one", "given", "asked", "said", "told"}
"""They do not say what a variable holds."""
DAY_OF_A_CONTRIBUTION = ("storage/contributions.py", "given")
"""Named as its column is: the day on which the contribution was given."""


def files() -> Iterator[Path]:
    """Every file that belongs to the project."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not NOT_OURS.fullmatch(name)]
        yield from (Path(folder, name) for name in names if not NOT_OURS.fullmatch(name))


def ours(path: Path) -> str:
    return str(path.relative_to(ROOT))


PYTHON = [ROOT / "run", *sorted(path for path in files() if path.suffix == ".py")]
PACKAGES = sorted(".".join(path.parent.relative_to(ROOT).parts) for path in PYTHON if path.name == "__init__.py")
INSTALLED = [name for name in PACKAGES if name.partition(".")[0] not in OUTSIDE]


@pytest.mark.parametrize("path", PYTHON, ids=ours)
def test_a_file_opens_with_a_sentence_that_says_what_it_is_for(path: Path) -> None:
    opening = (ast.get_docstring(parsed(path)) or "").partition("\n\n")[0]
    assert re.fullmatch(r"[^\W\d_].*[.?]", opening, re.DOTALL), f"{ours(path)} opens with {opening!r}"


def test_variables_arguments_and_fields_are_named_for_what_they_hold() -> None:
    fillers = {(ours(path), name) for path in PYTHON for name in bound_in(parsed(path)) if name in FILLERS}
    assert fillers == {DAY_OF_A_CONTRIBUTION}


def bound_in(tree: ast.AST) -> Iterator[str | None]:
    """Everything that is bound by a name, other than functions and classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.alias(asname=name) | ast.ExceptHandler(name=name) | ast.MatchAs(name=name):
                yield name
            case ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
                yield name


def test_no_file_holds_a_path_of_this_machine() -> None:
    leaking = [
        ours(path)
        for path in files()
        if (text := path.read_bytes().decode(errors="ignore")) and (f"{ROOT}/" in text or A_HOME.search(text))
    ]
    assert not leaking


def test_every_folder_of_code_is_installed() -> None:
    patterns = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert [name for name in PACKAGES if any(fnmatch(name, pattern) for pattern in patterns)] == INSTALLED


def test_every_file_that_lies_beside_code_is_installed() -> None:
    data = PROJECT["tool"]["setuptools"]["package-data"]
    patterns = [f"{package.replace('.', '/')}/{pattern}" for package in data for pattern in data[package]]
    rooms = {name.partition(".")[0] for name in INSTALLED}
    beside = [ours(path) for path in files() if path.suffix != ".py" and path.relative_to(ROOT).parts[0] in rooms]
    assert beside
    assert [name for name in beside if not any(fnmatch(name, pattern) for pattern in patterns)] == []


def test_every_room_is_watched_by_the_import_contracts_and_measured() -> None:
    rooms = sorted({name.partition(".")[0] for name in INSTALLED})
    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == rooms
    assert sorted(PROJECT["tool"]["coverage"]["run"]["source_pkgs"]) == rooms
    assert set(PROJECT["tool"]["mypy"]["files"]) == {"run", *rooms, *OUTSIDE}
