"""What translators are handed and hand back, whatever the format of the file: units, each a text in two languages."""

import unicodedata
from dataclasses import dataclass, replace

from locales import _
from storage.states import RenditionState

LARGEST = 2_000_000
"""Bytes of a file that comes back."""
MOST_UNITS = 20_000
SHAPES = ("\n", "\t")


@dataclass(frozen=True, slots=True)
class Unit:
    """One text and its translation. What stands only in the note and the context never comes back."""

    id: str
    """By which we know it again: letters, digits and `-_.:/#`."""
    source: str
    target: str = ""
    note: str = ""
    """For the translator."""
    state: RenditionState = RenditionState.EMPTY
    context: str = ""
    """Where it is read."""
    plural: str = ""
    """What the source says of many; "" where there is no number in it."""
    others: tuple[str, ...] = ()
    """After `target` the translations for other numbers, in the order of the language."""

    @property
    def targets(self) -> tuple[str, ...]:
        return self.target, *self.others


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in one file."""

    subject: str
    """Whose texts these are: a process, or what we say ourselves."""
    source: str
    target: str
    """These two are the codes of languages."""
    units: tuple[Unit, ...]


class Unreadable(Exception):
    """A file that cannot be taken. The text says why, in the language being spoken, and what to do."""


def read_as_text(file: bytes) -> str:
    """What stands in a file that came back. Raises `Unreadable`."""
    if len(file) > LARGEST:
        raise Unreadable(_("This file is too large: at most {size} MB can be taken.", size=LARGEST // 1_000_000))
    try:
        return file.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Unreadable(_("This file is not in UTF-8. Save it anew in that encoding.")) from None


def checked(sheet: Sheet, meant: Sheet) -> Sheet:
    """A sheet that came back, if it is one of `meant`, which could have left. Raises `Unreadable`."""
    if sheet.subject != meant.subject:
        raise Unreadable(_("This file is of something else: {subject}.", subject=printable(sheet.subject)))
    if (_code(sheet.source), _code(sheet.target)) != (_code(meant.source), _code(meant.target)):
        languages = {"source": printable(sheet.source), "target": printable(sheet.target)}
        raise Unreadable(_("This file is of other languages: from {source} to {target}.", **languages))
    if len(sheet.units) > MOST_UNITS:
        raise Unreadable(_("There are too many texts in this file."))
    ids = [unit.id for unit in sheet.units]
    if twice := next((name for name, after in zip(sorted(ids), sorted(ids)[1:], strict=False) if name == after), None):
        raise Unreadable(_("One text stands in this file twice: {id}.", id=printable(twice)))
    return replace(sheet, source=meant.source, target=meant.target)


def _code(language: str) -> str:
    """Without the country, which some programs add."""
    return language.replace("_", "-").partition("-")[0].lower()


def printable(text: str) -> str:
    """The beginning of what a stranger wrote, fit to be shown inside a sentence."""
    return "".join(character for character in text[:80] if character.isprintable())


def is_control(character: str) -> bool:
    """Whether a character is no part of a text: it would be sent, and seen by nobody."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in SHAPES
