"""A database of either kind with a process in it, the command `hearback`, and logging as it was before."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot import __main__ as command
from storage import Database, keys
from tests.promises.talking import begin
from tests.storage.rows import Somebody, give, meet, opened, sit


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        await begin(made)
        yield made


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as made:
        await begin(made)
        yield made


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it ended."""

    out: str
    wrong: str
    status: int


Hearback = Callable[..., Said]


@pytest.fixture
def hearback(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hearback:
    (tmp_path / "safe").mkdir()
    keys.create(tmp_path / "safe" / "keys.json")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARBACK_KEYS", str(tmp_path / "safe" / "keys.json"))

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["hearback", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        return Said(printed.out, printed.err, int(ended.value.code or 0))

    return run


@pytest.fixture
async def alice(database_url: str, hearback: Hearback, tmp_path: Path) -> Somebody:
    """Somebody who gave a contribution and sits on the council, in a process that is there."""
    keyring = keys.load(tmp_path / "safe" / "keys.json")
    async with opened(database_url) as database, database.writing() as session:
        who = await meet(session, keyring)
        await give(session, who, "More buses, please")
        await sit(session, who, on="4567abcd" * 4, name="0123abcd" * 4)
    return who


def file(folder: Path, text: str) -> Path:
    made = folder / "given.toml"
    made.write_text(text, encoding="utf-8")
    return made
