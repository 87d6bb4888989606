"""Papers as DOCX, in plain styles that anybody can edit, and with headings by which a reader finds the way.

A language that is written from the right turns paragraphs, lists, tables and pages around. Each text says in which
language it is, so that it is spelled and read aloud rightly.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from exports.papers import Block, Grid, Heading, Paper, Points, Quotation, Text
from exports.tables import clean, runs_right_to_left

AFTER_BIDI = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl",
              "w:rPr", "w:sectPr", "w:pPrChange")  # fmt: skip
"""What the format wants behind the sign that a paragraph runs from the right."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""For when it was made: a file says that of itself, and the moment is nobody's business."""


def write(paper: Paper) -> bytes:
    """The file."""
    document: Any = Document()
    _set_up(document, paper)
    _fill(document.add_paragraph(style="Title"), Text(paper.title), paper.language)
    for block in paper.blocks:
        _add(document, block, paper.language)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Any, paper: Paper) -> None:
    about = document.core_properties
    about.title, about.author, about.language = clean(paper.title, 255), clean(paper.author, 255), paper.language
    about.comments, about.last_modified_by = "", ""
    about.created = about.modified = BEGINNING
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _speak(defaults, paper.language)
    if runs_right_to_left(paper.language):
        page._sectPr.insert_element_before(OxmlElement("w:bidi"), "w:rtlGutter", "w:docGrid", "w:printerSettings")


def _add(document: Any, block: Block, language: str) -> None:
    match block:
        case Heading(text, level):
            _fill(document.add_paragraph(style=f"Heading {level}"), Text(text), language)
        case Text():
            _fill(document.add_paragraph(), block, language)
        case Quotation(text, of):
            _fill(document.add_paragraph(style="Quote"), Text(text, of), language)
        case Points(texts):
            for point in texts:
                _fill(document.add_paragraph(style="List Bullet"), point, language)
        case Grid():
            _lay_out(document, block, language)


def _lay_out(document: Any, grid: Grid, language: str) -> None:
    table = document.add_table(rows=0, cols=len(grid.head), style="Table Grid")
    if runs_right_to_left(language):
        table.table_direction = WD_TABLE_DIRECTION.RTL
    for texts in (grid.head, *grid.rows):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            _fill(cell.paragraphs[0], Text(text), language)
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    heads = table.rows[0]._tr.get_or_add_trPr()
    heads.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def _fill(paragraph: Any, text: Text, language: str) -> None:
    spoken = text.language or language
    run = paragraph.add_run(clean(text.text))
    if spoken != language:
        _speak(run._r.get_or_add_rPr(), spoken)
    if runs_right_to_left(spoken):
        run.font.rtl = True
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *AFTER_BIDI)


def _speak(properties: Any, language: str) -> None:
    """Say in which language a text is: once for scripts as ours, once for those that run from the right."""
    named = properties.find(qn("w:lang"))
    if named is None:
        named = OxmlElement("w:lang")
        properties.append(named)
    for attribute in ("w:val", "w:bidi"):
        named.set(qn(attribute), language)
