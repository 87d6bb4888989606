"""A paper is read as it was meant, in its direction, with headings to find the way by."""

from io import BytesIO

import pytest
from docx import Document

from exports import docx
from exports.papers import Grid, Heading, Paper, Points, Quotation, Text
from tests import hostile
from tests.exports import reading
from tests.exports.reading import WORD

BLOCKS = (
    Heading("Who was heard"),
    Text("About 40 people."),
    Heading("Services", 2),
    Quotation("نحتاج إلى مترجمين", "ar"),
    Points((Text("One"), Text("Deux", "fr"))),
    Grid(("Language", "People"), (("French", "40"), ("Spanish", "10"))),
)


def paper(language: str = "en") -> Paper:
    return Paper("What people said", language, "Harbour Forum", BLOCKS)


def test_it_has_headings_quotations_lists_and_tables() -> None:
    found = Document(BytesIO(docx.write(paper())))
    styles = [(paragraph.style.name, paragraph.text) for paragraph in found.paragraphs if paragraph.style is not None]
    assert styles[:7] == [
        ("Title", "What people said"),
        ("Heading 1", "Who was heard"),
        ("Normal", "About 40 people."),
        ("Heading 2", "Services"),
        ("Quote", "نحتاج إلى مترجمين"),
        ("List Bullet", "One"),
        ("List Bullet", "Deux"),
    ]
    [table] = found.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Language", "People"],
        ["French", "40"],
        ["Spanish", "10"],
    ]
    assert (found.core_properties.title, found.core_properties.author) == ("What people said", "Harbour Forum")
    assert found.core_properties.language == "en"


def test_what_runs_from_the_right_is_turned_around_and_nothing_else() -> None:
    for language, turned in (("ar", 9), ("en", 1)):
        tree = reading.document(docx.write(paper(language)))
        paragraphs = [its for its in tree.iter(f"{WORD}p") if "".join(its.itertext())]
        marked = [its for its in paragraphs if its.find(f"{WORD}pPr/{WORD}bidi") is not None]
        assert (len(paragraphs), len(marked)) == (13, turned if language == "en" else 12), language
        assert len(list(tree.iter(f"{WORD}rtl"))) == len(marked)
        is_turned = language == "ar"
        assert (tree.find(f".//{WORD}tblPr/{WORD}bidiVisual") is not None) is is_turned
        assert (tree.find(f".//{WORD}sectPr/{WORD}bidi") is not None) is is_turned


def test_each_text_says_in_which_language_it_is() -> None:
    tree = reading.document(docx.write(paper()))
    named = [its.attrib[f"{WORD}val"] for its in tree.iter(f"{WORD}lang")]
    assert named == ["ar", "fr"]
    styles = Document(BytesIO(docx.write(paper("fr")))).styles.element.xpath("//w:rPrDefault//w:lang/@w:val")
    assert styles == ["fr"]


@pytest.mark.parametrize("text", [*hostile.TEXTS, "\ud800\x00\ufffe", "</w:t><w:instrText>INCLUDETEXT"])
def test_what_attackers_write_stays_text(text: str) -> None:
    file = docx.write(Paper(text, "en", text, (Heading(text), Quotation(text, "ar"), Grid((text,), ((text,),)))))
    tree = reading.document(file)
    assert not list(tree.iter(f"{WORD}instrText"))
    assert not list(tree.iter(f"{WORD}hyperlink"))


def test_no_moment_and_no_name_of_a_program_is_in_it() -> None:
    about = Document(BytesIO(docx.write(paper()))).core_properties
    assert (about.last_modified_by, about.comments) == ("", "")
    assert about.created is not None
    assert about.created.year == docx.BEGINNING.year
