"""Folders in which files are made, which only we can look into, and what killed programs have left in them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp

FOLDER = "hearback-file-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only we can look into, gone afterwards. Of a program there is one at a time."""
    clean(begins=True)
    folder = Path(mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def clean(*, begins: bool = False) -> None:
    """Erase the folders of programs that are no more.

    `begins`: this program makes no file yet, so that one of its number is another's, which had the number before it.
    """
    for left in Path(gettempdir()).glob(f"{FOLDER}*"):
        pid = left.name.removeprefix(FOLDER).partition("-")[0]
        if not (_lives(pid) and not (begins and pid == str(os.getpid()))):
            rmtree(left, ignore_errors=True)


def _lives(pid: str) -> bool:
    """Whether there is a program of this number beside us, or it is ours."""
    if not pid.isdecimal():
        return False
    with suppress(ProcessLookupError):
        try:
            os.kill(int(pid), 0)
        except PermissionError:
            return True
        return True
    return False
