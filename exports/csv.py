"""Tables as CSV (RFC 4180), one file each, together in a ZIP so that none is read without what is said about them.

Spreadsheets open such a file without asking what a cell is. So whatever they would reckon gets an apostrophe before it,
and each file begins with the mark by which they see that it is UTF-8.
"""

import csv
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from exports.tables import Cell, Table, clean, is_live

MARK = "\ufeff"
DEFUSED = "'"


class Book:
    """Written row by row: as many as there are, it takes no more memory."""

    def __init__(self, folder: Path, language: str, title: str) -> None:
        self._path = folder / "tables.zip"
        self._zip = ZipFile(self._path, "w", ZIP_DEFLATED)
        self._file: TextIOWrapper | None = None
        self._rows: Any = None

    def begin(self, table: Table) -> None:
        self._end()
        self._file = TextIOWrapper(self._zip.open(f"{table.name}.csv", "w"), encoding="utf-8", newline="")
        self._file.write(MARK)
        self._rows = csv.writer(self._file, lineterminator="\r\n")
        self.add([[column.title for column in table.columns]])
        if table.is_tagged:
            # Tags are ours: they begin with a number sign, which no spreadsheet reckons.
            self.add([[column.tag for column in table.columns]])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._rows.writerows([_written(cell) for cell in row] for row in rows)

    def close(self) -> Path:
        self._end()
        self._zip.close()
        return self._path

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _written(cell: Cell) -> Cell:
    if isinstance(cell, int):
        return cell
    text = clean(cell)
    return DEFUSED + text if is_live(cell) or is_live(text) else text
