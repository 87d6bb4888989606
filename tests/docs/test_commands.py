"""The commands on the pages can be typed as they stand there."""

import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from math import inf
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

import channels
from bench import __main__ as bench
from bot.__main__ import cli
from tests.docs.pages import PAGES, ROOT, a_page, code

CALL = re.compile(r"(?:sudo -u hearback )?(?:ExecStart=)?(?:\S*/run |\S*/bin/)?hearback (?P<words>[^#]*)")
ARGUMENT = re.compile(r"[A-Z]+(\.\.\.)?|\S*[./]\S*")
"""What stands on a page for an argument: a word in capitals ("FILE", "ID..."), or a path."""


def commands(group: Any, *before: str) -> dict[tuple[str, ...], Any]:
    """Every command of ours by its words, groups left out."""
    if not isinstance(group, TyperGroup):
        return {before: group}
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        found |= commands(command, *before, name)
    return found


COMMANDS = commands(typer.main.get_command(cli))


def calls(page: str) -> Iterator[list[str]]:
    """The words after each `hearback` of a page."""
    for line in code(page):
        if call := CALL.match(line):
            yield call["words"].split()


def name(words: list[str]) -> tuple[str, ...] | None:
    """The words of the command that is called."""
    return next((found for found in (tuple(words[:2]), tuple(words[:1])) if found in COMMANDS), None)


def is_typable(words: list[str]) -> bool:
    """Whether there is such a command, and it takes these options and as many arguments. Arguments may be left out."""
    called = name(words)
    if called is None:
        return words in (["--help"], ["-h"])
    options = {option: param for param in COMMANDS[called].params for option in param.opts if option.startswith("--")}
    arguments, rest = [], iter(words[len(called) :])
    for word in rest:
        if not word.startswith("--"):
            arguments.append(word)
        elif word not in options:
            return False
        elif not options[word].is_flag:
            next(rest, None)
    known = all(ARGUMENT.fullmatch(argument) or argument in channels.kinds() for argument in arguments)
    return known and len(arguments) <= _most_arguments(called)


def _most_arguments(called: tuple[str, ...]) -> float:
    numbers = [param.nargs for param in COMMANDS[called].params if param.param_type_name == "argument"]
    return inf if -1 in numbers else sum(numbers)


def run_commands() -> set[str]:
    loader = SourceFileLoader("run_script", str(ROOT / "run"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    script: Any = module_from_spec(spec)
    loader.exec_module(script)
    return set(script.COMMANDS)


@a_page
def test_hearback_takes_what_a_page_tells_to_type(page: str) -> None:
    assert [words for words in calls(page) if not is_typable(words)] == []


@pytest.mark.parametrize("page", ["README.md", "docs/operating.md"])
def test_the_commands_of_a_page_are_found(page: str) -> None:
    assert len(list(calls(page))) > 20


@pytest.mark.parametrize(
    "line",
    ["deliveries release", "held", "held relase", "parked drop", "dead retry --cod CODE", "round close ID ID", "help"],
)
def test_what_hearback_would_not_take_is_found(line: str) -> None:
    assert not is_typable(line.split())


@a_page
def test_run_knows_what_a_page_tells_to_run(page: str) -> None:
    assert {line.split()[1] for line in code(page) if line.startswith("./run ")} <= run_commands()


@a_page
def test_what_a_page_tells_to_measure_is_measured(page: str) -> None:
    measured = {
        word for line in code(page) if line.startswith("./run bench ") for word in line.split("#")[0].split()[2:]
    }
    assert measured <= set(bench.names())


def test_the_readme_tells_every_command() -> None:
    assert ("run",) in COMMANDS
    assert {name(words) for words in calls("README.md")} >= COMMANDS.keys()


def test_the_readme_says_how_a_restored_backup_sends_nothing_again() -> None:
    safety = PAGES["README.md"].partition("**Back up**")[2].partition("**Logs**")[0]
    assert "\n    hearback held hold\n" in safety
