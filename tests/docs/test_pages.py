"""What the pages say is so: commands, settings, addresses, files."""

import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

import channels
from bot.__main__ import cli
from bot.settings import Environment
from bot.web import Door, app
from storage.states import State

ROOT = Path(__file__).resolve().parents[2]
PAGES = {name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md")}
README = PAGES["README.md"]
CODE = re.compile(r"`([^`\n]+)`|^ {4,}(\S.*)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SETTING = re.compile(r"`([A-Z]+(?:_[A-Z]+)*)`")

a_page = pytest.mark.parametrize("page", PAGES)


def code(page: str) -> Iterator[str]:
    """What stands as code on a page: between backquotes, or indented."""
    for inline, indented in CODE.findall(PAGES[page]):
        yield inline or indented


def commands(group: Any, *before: str) -> dict[tuple[str, ...], Any]:
    """Every command of ours by its words, groups left out."""
    if not isinstance(group, TyperGroup):
        return {before: group}
    found: dict[tuple[str, ...], Any] = {}
    for name, one in group.commands.items():
        found |= commands(one, *before, name)
    return found


COMMANDS = commands(typer.main.get_command(cli))


def said(line: str) -> list[str]:
    """The words after `hearback`, or none where the line is no such command."""
    words = line.removeprefix("./run ").removeprefix(".venv/bin/").split("#")[0].split()
    return words[1:] if words[:1] == ["hearback"] and not line.startswith("hearback/") else []


def command(words: list[str]) -> tuple[str, ...] | None:
    return next((found for found in (tuple(words[:2]), tuple(words[:1])) if found in COMMANDS), None)


def run_commands() -> set[str]:
    loader = SourceFileLoader("run_script", str(ROOT / "run"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    script: Any = module_from_spec(spec)
    loader.exec_module(script)
    return set(script.COMMANDS)


@a_page
def test_a_link_leads_to_a_file(page: str) -> None:
    links = [link for link in LINK.findall(PAGES[page]) if not link.startswith(("https://", "#"))]
    assert [link for link in links if not (ROOT / link).exists()] == []


@a_page
def test_run_knows_what_a_page_tells_to_run(page: str) -> None:
    assert {line.split()[1] for line in code(page) if line.startswith("./run ")} <= run_commands()


@a_page
def test_hearback_knows_the_commands_of_a_page(page: str) -> None:
    told = [words for words in map(said, code(page)) if words and words != ["--help"]]
    assert [words for words in told if command(words) is None] == []


@a_page
def test_the_options_of_a_page_exist(page: str) -> None:
    for words in map(said, code(page)):
        known = COMMANDS[found].params if (found := command(words)) else []
        options = {option for param in known for option in param.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options


def test_the_readme_tells_every_command() -> None:
    assert ("run",) in COMMANDS
    assert {command(words) for words in map(said, code("README.md"))} >= COMMANDS.keys()


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **given: str) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


def settings() -> set[str]:
    """Every variable that the code reads."""
    asked = Asked(
        PUBLIC_URL="https://hearback.example",
        TELEGRAM_TOKEN="4242:a-made-up-token",
        TELEGRAM_SECRET="a-made-up-secret-of-ours",
        TWILIO_ACCOUNT="AC" + "0" * 32,
        TWILIO_TOKEN="made-up",
        SMS_FROM="+15005550006",
        WHATSAPP_FROM="whatsapp:+15005550006",
    )
    assert set(channels.from_settings(asked)) == set(channels.names())
    return asked.names | {name.upper() for name in Environment.__struct_fields__}


def test_the_readme_names_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", README, re.MULTILINE)
    assert {name for row in rows for name in SETTING.findall(row)} == settings()


def test_the_readme_says_what_a_setting_is_without_being_set() -> None:
    fields = Environment()
    assert {str(getattr(fields, name)) for name in ("database_url", "host", "port")} <= set(code("README.md"))


def test_the_addresses_of_the_readme_are_served() -> None:
    nothing: Any = None
    router = app(Door({}, nothing, nothing, nothing)).router
    served = {resource.canonical for resource in router.resources()}
    hooks = re.findall(r"https://hearback\.example(/hooks/)(\w+)", README)
    assert {name for _path, name in hooks} == {"sms", "whatsapp"} <= set(channels.names())
    assert {f"{path}{{channel}}" for path, _name in hooks} | {"/health/live", "/health/ready"} <= served
    assert {"`/health/live`", "`/health/ready`"} <= set(re.findall(r"`[^`]+`", README))


def test_the_rooms_of_the_readme_are_the_folders() -> None:
    picture = README.partition("## How it is built")[2].partition("A folder imports")[0]
    drawn = set(re.findall(r"\b([a-z]+)/", picture))
    assert drawn == {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "servers", "tests"}


def test_the_decisions_name_every_state_of_a_delivery() -> None:
    rows = re.findall(r"^\| ([a-z(), ]+) \| ([a-z, ]+) \|", PAGES["DECISIONS.md"], re.MULTILINE)
    named = {state for row in rows for cell in row for state in cell.split(", ")} - {"(new)", "from", "to"}
    assert named == set(State)


def test_the_readme_says_how_a_restored_backup_sends_nothing_again() -> None:
    safety = README.partition("**Back up**")[2].partition("**Logs**")[0]
    assert ("held", "hold") in {command(words) for line in safety.splitlines() if (words := said(line.strip()))}
