"""The catalogs as files: every text that the code says, what a language has of them, what it lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from locales import FOLDER, STAFF

Keywords = Mapping[str, tuple[int, ...] | None]
"""The functions that say texts, each with the places of its texts; None: the first."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads texts: where their catalogs are, and the rooms whose code speaks to them."""

    folder: Path
    rooms: Mapping[str, Keywords]
    """Each with the functions by which it speaks to them."""


SAID: Keywords = {"_": None, "N_": None, "ngettext": (1, 2)}
SAID_TO_STAFF: Keywords = {"to_staff": None}
"""Where everything else is said to people."""
PEOPLE = Readers(FOLDER, dict.fromkeys(("flows", "handlers", "broadcast", "council", "channels", "public"), SAID))
COLLEAGUES = Readers(STAFF, {"console": SAID, "exports": SAID, "handlers": SAID_TO_STAFF})
METHODS = {".py": "python", ".html": "jinja2"}
"""How texts are found in a file, by its suffix."""
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
    for file, keywords in _files(root, readers):
        for _line, msgid, comments, context in extract_from_file(METHODS[file.suffix], file, keywords, TO_TRANSLATORS):
            notes = [comment.removeprefix(TO_TRANSLATORS[0]).strip() for comment in comments]
            where = str(file.relative_to(root).with_suffix(""))
            texts.add(msgid, auto_comments=notes, context=context, locations=[(where, 0)])
    return texts


def _files(root: Path, readers: Readers) -> Iterator[tuple[Path, Keywords]]:
    for room, keywords in readers.rooms.items():
        yield from ((file, keywords) for file in sorted((root / room).rglob("*")) if file.suffix in METHODS)


@cache
def places() -> Mapping[str, tuple[str, ...]]:
    """The files in which each text stands, as "flows/share", by the English. It reads all of our code."""
    found: dict[str, tuple[str, ...]] = {}
    for readers in (PEOPLE, COLLEAGUES):
        for text in (text for text in extracted(FOLDER.parent, readers) if text.id):
            english = text.id if isinstance(text.id, str) else text.id[0]
            files = (file for file, _line in text.locations)
            found[english] = tuple(dict.fromkeys((*found.get(english, ()), *files)))
    return found


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


def corrected(path: Path, corrections: Mapping[tuple[str, int], str]) -> Catalog:
    """A language's catalog with what is said in place of it, by the English and the number of the plural."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.stem, ignore_obsolete=True)
    for message in (message for message in catalog if message.id):
        if isinstance(message.id, str):
            message.string = corrections.get((message.id, 0), message.string)
        else:
            forms = enumerate(message.string or ())
            message.string = tuple(corrections.get((message.id[0], form), ours) for form, ours in forms)
    return catalog


def texts(path: Path) -> set[str]:
    """The English of what a language's catalog has."""
    with path.open("rb") as source:
        return {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(source) if entry.id}


def missing(catalog: Catalog) -> list[Message]:
    """The texts that have no translation, or not in every plural."""
    return [message for message in catalog if message.id and not _is_said(message, catalog.num_plurals)]


def _is_said(message: Message, plurals: int) -> bool:
    if not message.pluralizable:
        return bool(message.string)
    return message.string is not None and len(message.string) == plurals and all(message.string)
