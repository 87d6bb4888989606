"""The script that starts everything."""

import os
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run() -> ModuleType:
    loader = SourceFileLoader("run", str(ROOT / "run"))
    spec = spec_from_loader("run", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_program_is_started_by_its_whole_path(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started as a bare "python", Python looks for its environment along the PATH and does not find it."""
    started: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(run, "install", lambda: None)
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append((path, arguments)))
    run.demo("--fresh")
    [(path, arguments)] = started
    assert Path(path).is_absolute()
    assert arguments == [path, "-m", "demo", "--fresh"]


def test_alone_it_lists_what_it_can_do(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main() == 0
    listed = capsys.readouterr().out
    assert all(f"\n  {command} " in listed for command in run.COMMANDS)


def test_what_it_does_not_know_is_refused(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main("dance") == 2
    assert "usage" in capsys.readouterr().err
