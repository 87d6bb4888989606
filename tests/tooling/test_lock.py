"""What `./run` relies on when it installs from requirements.lock."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.!+]+)[^\n]*\\\n(?P<hashes>(?: +--hash=[^\n]+\n)+)", re.MULTILINE
)
VERSIONS = {canonicalize_name(pin["name"]): pin["version"] for pin in PINNED.finditer(LOCK)}


def test_the_lock_names_no_registry() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*--?(i|f|index|extra|find)\b", LOCK, re.MULTILINE)


def test_everything_in_the_lock_is_known_by_its_hashes() -> None:
    rest = re.sub(r"^\s*#.*\n", "", PINNED.sub("", LOCK), flags=re.MULTILINE)
    assert VERSIONS
    assert not rest.strip()
    for pin in PINNED.finditer(LOCK):
        assert all(
            re.fullmatch(r"--hash=sha256:[0-9a-f]{64}( \\)?", line.strip()) for line in pin["hashes"].splitlines()
        )


def test_the_lock_still_fits_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = [
        Requirement(line) for line in project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    ]
    unfit = [
        str(wish)
        for wish in requirements
        if canonicalize_name(wish.name) not in VERSIONS
        or not wish.specifier.contains(VERSIONS[canonicalize_name(wish.name)])
    ]
    assert not unfit, "run ./run lock"
