"""A headless Chromium: this machine's, or one from a package, which is fetched once and unpacked below .venv."""

import hashlib
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import playwright
from playwright.async_api import Browser, async_playwright

from servers import ROOT, exclusive
from servers.npm import NotFetched, Package, fetched, member, take

INSTALLED = Path("/usr/bin/chromium")
OPTIONS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page may name, nothing is asked of anybody but this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WITHOUT_A_DESKTOP = ("--headless=shell", "--no-zygote")
"""What the Chromium of the package needs beside them."""
MACHINE = "x86_64"
"""The only kind that the package is made for."""
INSTEAD = "To use this machine's Chromium: apt install chromium (or name one in $CHROMIUM)."
PACKAGE = Package(
    "@sparticuz/chromium",
    "153.0.0",
    "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
)
FONTS = (
    Package(
        "@expo-google-fonts/noto-sans",
        "0.4.2",
        "zYD8G2ijWLxqmquoQgghNh/x9p0yxWwArD0oxO1oXY1qx5vOd4t0Kbhnu/Cx8RTy08OgA8RtxuULZFaXwVPnPw==",
    ),
    Package(
        "@expo-google-fonts/noto-sans-arabic",
        "0.4.3",
        "YvtxyuegxPegu2g5urXJ+gQxRp8i798nQswTmEjwXOWR/fqy0Gvey6h5IoNRBrc43SxRxPezqCiR9ivpfPAXSg==",
    ),
)
"""Beside that browser, so that a page is as wide everywhere, and Arabic can be read where no font is installed."""
WEIGHTS = ("400Regular", "600SemiBold", "700Bold")
FONT_SETTINGS = Path("fonts", "fonts.conf")
FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{folder}</dir>
<cachedir>{folder}/seen</cachedir>
{aliases}
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
"""
FONT_ALIAS = """<alias binding="same">
<family>{family}</family><prefer><family>Noto Sans</family><family>Noto Sans Arabic</family></prefer>
</alias>"""
NODE = Path(playwright.__file__).parent / "driver" / "node"
DECOMPRESS = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


class Missing(Exception):
    """There is no Chromium; says how to get one."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to start one: `variables` are added to the environment."""

    path: Path
    options: tuple[str, ...] = OPTIONS
    variables: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """One that is ready, until the block ends. Raises `Missing`."""
    chromium = program()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium.path, args=chromium.options, env={**os.environ, **chromium.variables}
        )
        try:
            yield browser
        finally:
            await browser.close()


def program() -> Program:
    """The one named by $CHROMIUM, or this machine's, or the package's. Raises `Missing`."""
    if named := os.environ.get("CHROMIUM"):
        return Program(Path(named))
    if INSTALLED.exists():
        return Program(INSTALLED)
    folder = unpacked(ROOT / ".venv")
    variables = {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / FONT_SETTINGS)}
    return Program(folder / "chromium", (*OPTIONS, *WITHOUT_A_DESKTOP), variables)


def unpacked(home: Path) -> Path:
    """The folder of the package's browser, its libraries and fonts. Who comes first makes it, the others wait.

    It appears when it is whole: one that was interrupted is made anew.
    """
    pins = "".join(package.sha512 for package in (PACKAGE, *FONTS))
    folder = home / "chromium" / hashlib.sha256(pins.encode()).hexdigest()[:12]
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(home, "chromium"):
        if not folder.exists():
            _clear(folder.parent)
            _make(folder)
    return folder


def _clear(home: Path) -> None:
    """What stands there is unfinished, or has other versions."""
    for old in home.iterdir():
        shutil.rmtree(old)


def _make(folder: Path) -> None:
    if platform.machine() != MACHINE:
        raise Missing(f"No Chromium is packaged for this kind of machine. {INSTEAD}")
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        with tempfile.TemporaryDirectory(dir=unfinished) as temporary:
            _unpack(unfinished, Path(temporary))
    except NotFetched as failed:
        raise Missing(f"There is no Chromium. {failed}\n{INSTEAD}") from failed
    (unfinished / FONT_SETTINGS).write_text(_font_config(folder / FONT_SETTINGS.parent))
    unfinished.chmod(0o755)
    unfinished.rename(folder)


def _unpack(folder: Path, temporary: Path) -> None:
    with tarfile.open(fetched(PACKAGE, temporary)) as package:
        _decompress(member(package, "package/bin/chromium.br"), folder / "chromium")
        _decompress(member(package, "package/bin/al2023.tar.br"), temporary / "libraries.tar")
    (folder / "chromium").chmod(0o755)
    take(temporary / "libraries.tar", "lib/*", folder / "lib")
    for tarball in [fetched(package, temporary) for package in FONTS]:
        for weight in WEIGHTS:
            take(tarball, f"package/{weight}/*.ttf", folder / FONT_SETTINGS.parent)


def _decompress(content: IO[bytes], to: Path) -> None:
    """Python has no Brotli; the Node that playwright brings along has."""
    with to.open("wb") as file:
        node = subprocess.Popen([NODE, "-e", DECOMPRESS], stdin=subprocess.PIPE, stdout=file)
        assert node.stdin is not None
        with node.stdin as pipe:
            shutil.copyfileobj(content, pipe, 1 << 20)
    if node.wait():
        raise NotFetched(f"{to.name} cannot be unpacked.")


def _font_config(folder: Path) -> str:
    """Whole paths: a relative one would be looked for where the program is started."""
    aliases = "\n".join(FONT_ALIAS.format(family=family) for family in ("sans-serif", "system-ui"))
    return FONT_CONFIG.format(folder=folder, aliases=aliases)
