"""Every format of tables: what is written is what is read, nothing is alive, and nothing stays beside the file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from exports import csv, xlsx
from exports.tables import Book, Cell, Column, Table, clean, is_live
from tests import hostile
from tests.exports import reading

ABOUT = Table("about", "About: [this] file", (Column("What"), Column("About it")))
THINGS = Table("things", "Things", (Column("Word", "#description"), Column("Number", "#value")), is_tagged=True)
ALIVE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "\u202e=1", "＝1", "＋1", "－1", "＠x",
    '=HYPERLINK("https://evil.example")', "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
)  # fmt: skip
KINDS = ("csv", "xlsx")


def book(kind: str, folder: Path, language: str = "en") -> Book:
    return xlsx.Book(folder, language, "Review") if kind == "xlsx" else csv.Book(folder, language, "Review")


def written(kind: str, folder: Path, rows: Sequence[Sequence[Cell]], language: str = "en") -> bytes:
    its = book(kind, folder, language)
    its.begin(ABOUT)
    its.add([["Process", "Review"]])
    its.begin(THINGS)
    its.add(rows)
    path = its.close()
    assert list(folder.iterdir()) == [path]
    return path.read_bytes()


def read(kind: str, file: bytes) -> Mapping[str, Sequence[Sequence[str]]]:
    if kind == "csv":
        return {name.removesuffix(".csv"): rows for name, rows in reading.tables(file).items()}
    found = reading.workbook(file).rows
    return {"about": found["About:  this  file".replace(":", " ")], "things": found["Things"]}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_what_is_read(kind: str, tmp_path: Path) -> None:
    words = 'A "word", and\nanother; مرحبا 👩🏽‍🚀'
    found = read(kind, written(kind, tmp_path, [[words, 12], ["", 0]]))
    assert list(found) == ["about", "things"]
    assert found["about"] == [["What", "About it"], ["Process", "Review"]]
    assert found["things"] == [["Word", "Number"], ["#description", "#value"], [words, "12"], ["", "0"]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ALIVE)
def test_nothing_is_reckoned(kind: str, text: str, tmp_path: Path) -> None:
    assert is_live(text)
    file = written(kind, tmp_path, [[text, 1]])
    [*_head, [cell, _number]] = read(kind, file)["things"]
    if kind == "csv":
        assert cell == f"'{clean(text)}"
        return
    assert cell == clean(text)
    workbook = reading.workbook(file)
    assert workbook.formulas == 0
    assert "<hyperlink" not in workbook.xml


@pytest.mark.parametrize("kind", KINDS)
def test_what_attackers_write_stays_what_it_is(kind: str, tmp_path: Path) -> None:
    attacks = [*hostile.TEXTS, *hostile.LONG, *ALIVE, "\ud800", "\x00", "_x0041_", "\ufffe", "https://evil.example"]
    file = written(kind, tmp_path, [[text, number] for number, text in enumerate(attacks)])
    rows = read(kind, file)["things"][2:]
    assert [row[1] for row in rows] == [str(number) for number in range(len(attacks))]
    for text, (cell, _number) in zip(attacks, rows, strict=True):
        assert cell.removeprefix("'")[:100] in (clean(text)[:100], clean(text).removeprefix("'")[:100])
        assert kind == "xlsx" or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    if kind == "xlsx":
        assert reading.workbook(file).formulas == 0


def test_a_table_of_a_language_from_the_right_is_turned_around(tmp_path: Path) -> None:
    assert 'rightToLeft="1"' in reading.workbook(written("xlsx", tmp_path, [], "ar")).xml
    assert "rightToLeft" not in reading.workbook(written("xlsx", tmp_path, [], "fr")).xml


def test_a_text_that_is_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    file = written("xlsx", tmp_path, [["x" * 40_000, 1], ["👋" * 40_000, 2]])
    [*_head, [plain, _one], [emoji, _two]] = read("xlsx", file)["things"]
    assert (len(plain), plain[-1]) == (32_767, "…")
    assert (len(emoji.encode("utf-16-le")) <= 2 * 32_767, emoji[-1]) == (True, "…")


@pytest.mark.parametrize("text", ["", "word", "1 = 1", "a-b", "#adm1", "'=1", "٣"])
def test_an_honest_text_is_left_alone(text: str) -> None:
    assert not is_live(text)
