"""Tables as XLSX, one sheet each.

A cell is a number or a text, by a call that makes nothing else of it; so no formula and no link is ever alive in it.
What looks like a formula is marked as a text, too, so that it stays one when somebody edits the cell.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from exports.tables import Cell, Table, clean, is_live, runs_right_to_left

LONGEST = 32_767
"""Characters that a cell holds; counted in UTF-16, where an emoji is two."""
LONGEST_NAME = 31
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}


class Book:
    """Written row by row into the folder: as many as there are, it takes no more memory."""

    def __init__(self, folder: Path, language: str, title: str) -> None:
        self._path = folder / "tables.xlsx"
        self._book: Any = xlsxwriter.Workbook(str(self._path), {**OPTIONS, "tmpdir": str(folder)})
        self._book.set_properties({"title": clean(title, 255), "author": "Hearback"})
        self._is_turned = runs_right_to_left(language)
        look = {"text_wrap": True, "valign": "top"}
        self._text = self._book.add_format(look)
        self._marked = self._book.add_format({**look, "quote_prefix": True})
        self._head = self._book.add_format({**look, "bold": True})
        self._tags = self._book.add_format({"italic": True})
        self._sheet: Any = None
        self._row = 0

    def begin(self, table: Table) -> None:
        self._sheet = self._book.add_worksheet(_name(table.title))
        self._row = 0
        if self._is_turned:
            self._sheet.right_to_left()
        for place, column in enumerate(table.columns):
            self._sheet.set_column(place, place, column.width)
        self._write([column.title for column in table.columns], self._head)
        if table.is_tagged:
            self._write([column.tag for column in table.columns], self._tags)
        self._sheet.freeze_panes(self._row, 0)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            self._write(row)

    def close(self) -> Path:
        self._book.close()
        return self._path

    def _write(self, row: Sequence[Cell], look: Any = None) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                self._sheet.write_number(self._row, place, cell, look or self._text)
            elif text := _fitting(cell):
                self._sheet.write_string(self._row, place, text, look or self._look_of(text))
        self._row += 1

    def _look_of(self, text: str) -> Any:
        return self._marked if is_live(text) else self._text


def _fitting(text: str) -> str:
    """Half as many letters fit for certain, where each is two in UTF-16."""
    return clean(text, LONGEST if text.isascii() else LONGEST // 2)


def _name(title: str) -> str:
    return clean(title).translate(NOT_IN_NAMES).strip()[:LONGEST_NAME].strip() or "-"
