"""The benchmarks can be found and started; how fast anything is, is never asserted."""

import sys
from importlib import import_module

import pytest

from bench import __main__ as bench
from bench._tables import Burst, Effort, by_cost, by_rate, table, times


def test_the_benchmarks_are_the_files_of_the_folder() -> None:
    named = {
        "callbacks", "console", "costs", "expand", "exports", "footprint", "migration", "opinions", "pace", "respond",
        "seed", "sends", "stalled", "talks", "turns", "wall", "lots",
    }  # fmt: skip
    assert set(bench.names()) == named


@pytest.mark.parametrize("name", bench.names())
def test_each_benchmark_can_be_measured(name: str) -> None:
    assert callable(import_module(f"bench.{name}").measure)


def test_the_pure_one_prints_its_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("bench.talks.ROUNDS", 8)
    monkeypatch.setattr(sys, "argv", ["bench", "talks", "--runs", "1", "--short"])
    bench.main()
    printed = capsys.readouterr().out
    assert "advance and read, share, ar" in printed
    assert "1.00" in next(line for line in printed.splitlines() if line.startswith("json.loads"))


@pytest.mark.parametrize("wrong", [["sprint"], ["--runs", "0"]])
def test_what_cannot_be_measured_is_refused(wrong: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *wrong])
    with pytest.raises(SystemExit):
        bench.main()


def test_a_ratio_is_the_median_of_pairs_and_not_of_all() -> None:
    ours = [Burst(10, 1, 4), Burst(10, 10, 40), Burst(10, 2, 4)]
    theirs = [Burst(10, 2, 2), Burst(10, 20, 20), Burst(10, 4, 1)]
    assert times(ours, theirs, by_rate) == "2.00"
    assert times(ours, theirs, by_cost) == "2.00"


def test_a_table_stands_in_columns() -> None:
    assert table("Two", ("who", "turns/s"), [("a", "1"), ("bare", "20")], "note").splitlines() == [
        "Two",
        "who   turns/s",
        "-------------",
        "a           1",
        "bare       20",
        "note",
    ]


def test_a_first_look_does_less() -> None:
    assert (Effort(2, True).of(9, 3), Effort(2, False).of(9, 3)) == (3, 9)
