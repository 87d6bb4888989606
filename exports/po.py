"""Translations as PO, the format of gettext, which every program for translators reads."""

from collections.abc import Iterator, Mapping
from typing import Any

import polib
from babel.messages.plurals import get_plural

from exports.units import Sheet, Unit, Unreadable, checked, is_control, read_as_text
from locales import _
from storage.states import RenditionState

ENDING = ".po"
TYPE = "text/x-gettext-translation"
SUBJECT, SOURCE = "X-Hearback-Subject", "X-Hearback-Source-Language"
FUZZY = "fuzzy"
BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), "\n")
"""What ends a line as well as `\\n` does: in a file a line is one of ours."""
OPENING = "#\n"
"""Before what came back: polib would open a file whose name it were."""


def write(sheet: Sheet) -> bytes:
    """The file. What was approved is translated there: PO knows nothing above that."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": "Hearback",
        "Language": sheet.target,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": get_plural(sheet.target).plural_forms,
        SUBJECT: sheet.subject,
        SOURCE: sheet.source,
    }
    file.extend(_entry(unit, sheet.target) for unit in sheet.units)
    return f"{file}\n".encode()


def _entry(unit: Unit, language: str) -> polib.POEntry:
    comment = "\n".join(line for text in (unit.context, unit.note) for line in _plain(text).split("\n") if line.strip())
    fuzzy = unit.state is RenditionState.NEEDS_EDITING
    entry = polib.POEntry(msgctxt=unit.id, msgid=_plain(unit.source), comment=comment, flags=[FUZZY] if fuzzy else [])
    if not unit.plural:
        entry.msgstr = _plain(unit.target)
        return entry
    targets = [*unit.targets, *[""] * get_plural(language).num_plurals][: get_plural(language).num_plurals]
    entry.msgid_plural = _plain(unit.plural)
    entry.msgstr_plural = {form: _plain(target) for form, target in enumerate(targets)}
    return entry


def _plain(text: str) -> str:
    """Without what has no place in a line."""
    return "".join(character for character in text.translate(BREAKS) if not is_control(character))


def read(file: bytes, meant: Sheet) -> Sheet:
    """What came back, of the subject and languages that are meant. Raises `Unreadable`."""
    text = read_as_text(file).translate(dict.fromkeys(BREAKS, "\\n"))
    if any(map(is_control, text)):
        raise Unreadable(_("There are invisible control characters in this file."))
    try:
        po = polib.pofile(OPENING + text, encoding="utf-8")
    except Exception:  # polib raises whatever it stumbles over
        raise Unreadable(_("This is not a PO file.")) from None
    about: Mapping[str, Any] = po.metadata
    units = tuple(_units(po))
    return checked(Sheet(about.get(SUBJECT, ""), about.get(SOURCE, ""), about.get("Language", ""), units), meant)


def _units(file: polib.POFile) -> Iterator[Unit]:
    for entry in file:
        if not entry.obsolete:
            yield _unit(entry)


def _unit(entry: polib.POEntry) -> Unit:
    forms: Mapping[int, str] = entry.msgstr_plural or {0: entry.msgstr}
    targets = [forms.get(form, "") for form in range(min(max(forms), 9) + 1)]
    state = RenditionState.NEEDS_EDITING if FUZZY in entry.flags else RenditionState.TRANSLATED
    return Unit(
        id=entry.msgctxt or "",
        source=entry.msgid,
        target=targets[0],
        state=state if all(targets) else RenditionState.NEEDS_EDITING if any(targets) else RenditionState.EMPTY,
        plural=entry.msgid_plural,
        others=tuple(targets[1:]),
    )
