"""What stands in files that leave, read by nothing that wrote them."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Sheets:
    """A workbook: its sheets by their titles, the formulas in it, and its XML."""

    rows: Mapping[str, Sequence[Sequence[str]]]
    formulas: int
    xml: str


def workbook(file: bytes) -> Sheets:
    with ZipFile(BytesIO(file)) as zipped:
        assert zipped.testzip() is None
        names = [name for name in zipped.namelist() if name.startswith("xl/worksheets/sheet")]
        titles = [its.attrib["name"] for its in _parsed(zipped, "xl/workbook.xml").iter(f"{SHEET}sheet")]
        trees = [_parsed(zipped, name) for name in sorted(names)]
        xml = "".join(zipped.read(name).decode() for name in names)
    rows = {title: _rows(tree) for title, tree in zip(titles, trees, strict=True)}
    return Sheets(rows, sum(1 for tree in trees for _its in tree.iter(f"{SHEET}f")), xml)


def _parsed(zipped: ZipFile, name: str) -> ET.Element:
    return ET.fromstring(zipped.read(name))  # noqa: S314 we have written it ourselves


def _rows(tree: ET.Element) -> Sequence[Sequence[str]]:
    return [_row(row) for row in tree.iter(f"{SHEET}row")]


def _row(row: ET.Element) -> Sequence[str]:
    found: dict[int, str] = {}
    for cell in row.iter(f"{SHEET}c"):
        assert cell.attrib.get("t", "n") in ("n", "inlineStr")
        letters = re.sub(r"\d", "", cell.attrib["r"])
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - ord("A") + 1
        found[place - 1] = _unescaped("".join(cell.itertext()))
    return [found.get(place, "") for place in range(max(found, default=-1) + 1)]


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), text)


def tables(file: bytes) -> Mapping[str, Sequence[Sequence[str]]]:
    """The tables of a ZIP by the names of their files, each of which begins with the mark of UTF-8."""
    with ZipFile(BytesIO(file)) as zipped:
        assert zipped.testzip() is None
        texts = {name: zipped.read(name) for name in zipped.namelist()}
    assert all(text.startswith(b"\xef\xbb\xbf") for text in texts.values())
    return {name: list(csv.reader(StringIO(text.decode("utf-8-sig"), newline=""))) for name, text in texts.items()}


def document(file: bytes) -> ET.Element:
    with ZipFile(BytesIO(file)) as zipped:
        assert zipped.testzip() is None
        return _parsed(zipped, "word/document.xml")


def texts(tree: ET.Element) -> str:
    """A line for each paragraph of a document."""
    paragraphs = ("".join(its.itertext()) for its in tree.iter(f"{WORD}p"))
    return "\n".join(text for text in paragraphs if text)
