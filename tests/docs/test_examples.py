"""The example files work: an organizer goes through all of them with the command itself."""

import asyncio
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

import council
import flows
from bot.__main__ import cli
from council import Terms
from handlers.writing import contents
from locales import languages, speaking
from storage import Keyring, keys
from tests.locales.test_catalogs import NOT_FRENCH
from tests.storage.rows import give, meet, opened, sit

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples"
TOWN = FOLDER.parents[1] / "demo" / "town"
KINDS: dict[str, type[Any]] = {
    "process": flows.Process,
    "bulletin": contents.Bulletin,
    "consultation": contents.Consultation,
    "response": contents.Response,
    "round": contents.Round,
    "sum": contents.Round,
    "call": contents.MemberCall,
    "input": contents.Input,
}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

every_example = pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
every_file = pytest.mark.parametrize(
    "path", sorted((*FOLDER.iterdir(), *TOWN.glob("*.toml"))), ids=lambda path: path.name
)
Hearback = Callable[..., str]


def test_there_is_one_of_each() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.toml" for kind in KINDS}


@every_example
def test_an_example_is_read_and_nothing_in_it_is_passed_over(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    read: object = contents.read(written, KINDS[path.stem])
    assert holds(msgspec.to_builtins(read), msgspec.to_builtins(tomllib.loads(written)))


def test_what_may_be_switched_on_is_understood() -> None:
    off = (FOLDER / "process.toml").read_text(encoding="utf-8")
    on = re.sub(r"^# (?=\[safety\]|forgotten_after|second_step)", "", off, flags=re.MULTILINE)
    assert contents.read(on, flows.Process).safety == flows.Safety("7 days", ("sms",))


@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        ("approval", "roll", "everybody"),
        ("approval", "council", "3f9c0a51"),
        ("approval", "answer_by", date(2027, 5, 31)),
        ("approval", "is_public", True),
        ("majority", "quorum", 30),
        ("phragmen", "elects", 2),
        ("points", "points", 20),
    ],
)
def test_what_may_be_settled_of_a_round_is_understood(rule: str, field: str, value: object) -> None:
    off = (FOLDER / "round.toml").read_text(encoding="utf-8")
    on = re.sub(f"^# (?={field} = )", "", off, flags=re.MULTILINE).replace('"approval"', f'"{rule}"', 1)
    assert on != off
    assert getattr(contents.read(on, contents.Round), field) == value
    assert field not in Terms.__dataclass_fields__ or field in council.every_rule()[rule].settles


def test_everything_that_may_be_settled_of_a_round_is_named_in_its_example() -> None:
    text = (FOLDER / "round.toml").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? *(?:\[\[?)?(\w+)(?:\]\]?| = )", text, flags=re.MULTILINE))
    assert set(contents.Round.__dataclass_fields__) | set(contents.Matter.__dataclass_fields__) <= named
    assert all(re.search(rf"\b{rule}\b", text) for rule in council.every_rule())


def test_an_option_may_be_a_part_of_a_text_or_a_matter() -> None:
    text = (FOLDER / "round.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"#   (matter|part|edition) = ", line)]
    read = contents.read("\n".join((text, *(line.lstrip("# ") for line in lines))), contents.Round)
    assert (read.matters[-1].matter, read.matters[-1].part, read.matters[-1].edition) == ("ID", "ID", 3)


def holds(read: Any, written: Any) -> bool:
    """Whether everything that was written was read; what was left out has got its default."""
    if isinstance(written, dict):
        return all(name in read and holds(read[name], value) for name, value in written.items())
    if isinstance(written, list):
        return len(read) == len(written) and all(map(holds, read, written))
    return bool(read == written)


@every_example
def test_an_example_speaks_every_language(path: Path) -> None:
    texts = list(renditions(msgspec.to_builtins(contents.read(path.read_text(encoding="utf-8"), KINDS[path.stem]))))
    assert texts
    for text in texts:
        assert set(text) == set(languages()) or set(text) == {"en"}, text


def renditions(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        return [value] if "en" in value else [rendition for part in value.values() for rendition in renditions(part)]
    return [rendition for part in value for rendition in renditions(part)] if isinstance(value, list | tuple) else []


@every_file
def test_its_french_is_set_as_french_is(path: Path) -> None:
    texts = [text["fr"] for text in renditions(tomllib.loads(path.read_text(encoding="utf-8"))) if "fr" in text]
    assert [text for text in texts if NOT_FRENCH.search(text)] == []


def test_the_bulletin_asks_for_a_word_that_we_hear() -> None:
    bulletin = contents.read((FOLDER / "bulletin.toml").read_text(encoding="utf-8"), contents.Bulletin)
    for language, text in bulletin.text.items():
        with speaking(language):
            assert flows.to_send("share") in text


@pytest.fixture
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not beside the database, which would be refused."""
    file = tmp_path_factory.mktemp("keys") / "deployment.key"
    keys.create(file)
    return file


@pytest.fixture
def keyring(key_file: Path) -> Keyring:
    return keys.load(key_file)


@pytest.fixture
def hearback(monkeypatch: pytest.MonkeyPatch, database_url: str, key_file: Path) -> Hearback:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARBACK_KEYS", str(key_file))
    monkeypatch.setattr("bot.clock.now", lambda: NOW)

    def call(*words: str) -> str:
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output.strip()

    return call


async def a_member_who_gave_something(url: str, keyring: Keyring) -> None:
    async with opened(url) as database, database.writing() as session:
        who = await meet(session, keyring, region="islands")
        await give(session, who, "Forms in Tigrinya", topic="identity")
        await sit(session, who)


def test_an_organizer_goes_through_all_of_them(hearback: Hearback, database_url: str, keyring: Keyring) -> None:
    asyncio.run(a_member_who_gave_something(database_url, keyring))
    assert hearback("process", "open", example("process")).endswith("is changed, from now on.")
    hearback("bulletin", "publish", example("bulletin"), "--yes")
    hearback("consultation", "open", example("consultation"), "--yes")
    consultation = hearback("consultation", "list").split()[0]
    assert len(hearback("council", "invite")) == 11
    assert "It is open until 2027-03-31" in hearback("council", "call", example("call"), "--yes")
    came_in = hearback("contributions")
    assert "Forms in Tigrinya" in came_in
    assert hearback("respond", example("response"), came_in.split()[0], "--yes").endswith("1 person is told.")
    assert "taken_up_in_part" in hearback("contributions")
    hearback("round", "open", example("round"), "--yes")
    opened_round, *state = hearback("round", "list").split()
    assert " ".join(state).startswith("open until 2027-04-30 0 of 1 ")
    assert hearback("round", "close", opened_round, "--yes").endswith("voted: there is no result.")
    hearback("round", "open", example("sum"), "--yes")
    hearback("consultation", "close", consultation)
    subjects = [line.split()[1] for line in hearback("broadcasts").splitlines()]
    told_apart = ["result", "result"]  # who voted, and who did not
    assert sorted(subjects) == ["bulletin", "call", "consultation", "response", *told_apart, "round", "round"]
    assert hearback("parked") == ""


def example(kind: str) -> str:
    return str(FOLDER / f"{kind}.toml")
