"""The catalogs as files: every text that the code says, what a language has of them, what it lacks."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from locales import FOLDER, STAFF


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads texts: where their catalogs are, and the rooms whose code speaks to them."""

    folder: Path
    rooms: tuple[str, ...]


PEOPLE = Readers(FOLDER, ("flows", "handlers", "broadcast", "council", "channels"))
COLLEAGUES = Readers(STAFF, ("console",))
METHODS = {".py": "python", ".html": "jinja2"}
"""How texts are found in a file, by its suffix."""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
TO_TRANSLATORS = ("To translators:",)

HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"

"""


def extracted(root: Path, readers: Readers = PEOPLE) -> Catalog:
    """Every text that the code says to these readers, in the order in which it stands there."""
    texts = Catalog()
    files = (file for room in readers.rooms for file in sorted((root / room).rglob("*")) if file.suffix in METHODS)
    for file in files:
        for _line, msgid, comments, context in extract_from_file(METHODS[file.suffix], file, KEYWORDS, TO_TRANSLATORS):
            texts.add(
                msgid, auto_comments=[c.removeprefix(TO_TRANSLATORS[0]).strip() for c in comments], context=context
            )
    return texts


def updated(path: Path, texts: Catalog) -> Catalog:
    """A language's catalog with exactly these texts: what was translated stays, nothing is guessed."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.stem, ignore_obsolete=True)
    catalog.update(texts, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> str:
    """The file: no addresses, no line numbers, no dates, so that it changes only when a text does."""
    body = BytesIO()
    write_po(body, catalog, no_location=True, omit_header=True, width=120)
    header = HEADER.format(language=catalog.locale, plurals=catalog.plural_forms)
    return f"{header}{body.getvalue().decode().strip()}\n"


def missing(catalog: Catalog) -> list[Message]:
    """The texts that have no translation, or not in every plural."""
    return [message for message in catalog if message.id and not _is_said(message, catalog.num_plurals)]


def _is_said(message: Message, plurals: int) -> bool:
    if not message.pluralizable:
        return bool(message.string)
    return message.string is not None and len(message.string) == plurals and all(message.string)
