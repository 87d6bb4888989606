"""Translations as XLIFF 1.2: the version that Weblate, Pootle and OmegaT all read.

A file that comes back may have been made by anybody. It is read without a tree of it, as deep as ours are and no
deeper, and a document type, without which there are no entities, is refused before anything is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

from exports.units import Sheet, Unit, Unreadable, checked, is_control, printable, read_as_text
from locales import _, numbers
from storage.states import RenditionState

ENDING = ".xlf"
TYPE = "application/xliff+xml"
DEEPEST = 40
SPACE = " "
NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
LOST = "\ufffd"
"""In place of what XML cannot hold."""
STATES: Mapping[RenditionState, str] = {
    RenditionState.EMPTY: "new",
    RenditionState.NEEDS_EDITING: "needs-review-translation",
    RenditionState.TRANSLATED: "translated",
    RenditionState.APPROVED: "final",
}
DONE = ("final", "signed-off")
UNDONE = "needs-"
_FORM = re.compile(r"(?P<id>.+)\[(?P<form>\d)\]", re.DOTALL)
_DECLARES = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def write(sheet: Sheet) -> bytes:
    """The file."""
    languages = f"source-language={quoteattr(sheet.source)} target-language={quoteattr(sheet.target)}"
    opening = f'<file original={quoteattr(sheet.subject)} datatype="plaintext" {languages}>'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xliff version="1.2" xmlns="{NAMESPACE}">',
        f"{opening}<body>",
        *(line for unit in sheet.units for line in _lines(unit, sheet.target)),
        "</body></file>",
        "</xliff>",
    ]
    return "\n".join([*lines, ""]).encode()


def _lines(unit: Unit, language: str) -> Iterator[str]:
    if not unit.plural:
        yield _line(unit, unit.id, unit.source, unit.target, unit.note)
        return
    yield f'<group id={quoteattr(unit.id)} restype="x-gettext-plurals">'
    for form, examples in enumerate(numbers(language)):
        source = unit.source if 1 in examples else unit.plural
        target = unit.targets[form] if form < len(unit.targets) else ""
        shown = ", ".join(map(str, examples))
        yield _line(unit, f"{unit.id}[{form}]", source, target, f"{unit.note}\n{shown}".strip())
    yield "</group>"


def _line(unit: Unit, name: str, source: str, target: str, note: str) -> str:
    approved = ' approved="yes"' if unit.state is RenditionState.APPROVED else ""
    parts = [
        f'<trans-unit id={quoteattr(name)}{approved} xml:space="preserve">',
        f"<source>{_written(source)}</source>",
        f'<target state="{STATES[unit.state]}">{_written(target)}</target>',
    ]
    if unit.context:
        context = f'<context context-type="sourcefile">{_written(unit.context)}</context>'
        parts.append(f'<context-group purpose="location">{context}</context-group>')
    if note:
        parts.append(f"<note>{_written(note)}</note>")
    return "".join([*parts, "</trans-unit>"])


def _written(text: str) -> str:
    """XML takes a carriage return for the end of a line, and has no place for other controls."""
    return escape("".join(LOST if _is_none_of_xml(character) else character for character in text))


def _is_none_of_xml(character: str) -> bool:
    return is_control(character) or character in "\ufffe\uffff"


def read(file: bytes, meant: Sheet) -> Sheet:
    """What came back, of the subject and languages that are meant. Raises `Unreadable`."""
    text = read_as_text(file)
    if _DECLARES.search(text):
        raise Unreadable(_("This file declares a document type or an entity, which no file of translations needs."))
    reading = _Reading()
    parser = ParserCreate("utf-8", SPACE)
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        parser.Parse(text.encode(), True)
    except ExpatError as wrong:
        raise Unreadable(_("This is not an XLIFF file: line {line} cannot be read.", line=wrong.lineno)) from None
    return checked(Sheet(*reading.about, tuple(_whole(reading.units))), meant)


@dataclass(slots=True)
class _Form:
    """A `trans-unit` that is being read: a unit, or what it says of some numbers."""

    id: str
    state: str = ""
    source: list[str] = field(default_factory=list)
    target: list[str] = field(default_factory=list)

    def as_unit(self) -> Unit:
        source, target = "".join(self.source), "".join(self.target)
        return Unit(self.id, source, target, state=self._state() if target else RenditionState.EMPTY)

    def _state(self) -> RenditionState:
        if self.state.startswith(UNDONE) or self.state == STATES[RenditionState.EMPTY]:
            return RenditionState.NEEDS_EDITING
        # What is `approved` only says that somebody has saved it: translate-toolkit writes so.
        return RenditionState.APPROVED if self.state in DONE else RenditionState.TRANSLATED


@dataclass(slots=True)
class _Reading:
    """Takes what stands directly in each `trans-unit`; what a program suggests lies deeper, and is none of ours."""

    about: tuple[str, str, str] = ("", "", "")
    """The subject and the two languages."""
    units: list[Unit] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    form: _Form | None = None
    inside: list[str] | None = None
    """What a source or a target that is open holds so far."""
    left_at: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.path.append(name.rpartition(SPACE)[2])
        if len(self.path) > DEEPEST:
            raise Unreadable(_("This is not an XLIFF file: too much in it lies inside each other."))
        match self.path[-2:]:
            case [_xliff, "file"]:
                self._begin(attributes)
            case [_, "trans-unit"]:
                self.form = _Form(attributes.get("id", ""))
            case ["trans-unit", "source"] if self.form is not None:
                self._open(self.form.source)
            case ["trans-unit", "target"] if self.form is not None:
                self.form.state = attributes.get("state", "")
                self._open(self.form.target)

    def end(self, name: str) -> None:
        if self.inside is not None and len(self.path) == self.left_at:
            self.inside = None
        if self.path.pop() == "trans-unit" and self.form is not None:
            self.units.append(self.form.as_unit())
            self.form = None

    def characters(self, text: str) -> None:
        if self.inside is not None:
            self.inside.append(text)

    def _begin(self, attributes: Mapping[str, str]) -> None:
        source, target = attributes.get("source-language", ""), attributes.get("target-language", "")
        about = (attributes.get("original", ""), source, target)
        if self.about not in (("", "", ""), about):
            raise Unreadable(_("There are several files in this one. Bring each by itself."))
        self.about = about

    def _open(self, text: list[str]) -> None:
        text.clear()
        self.inside, self.left_at = text, len(self.path)


def _whole(units: Iterable[Unit]) -> Iterator[Unit]:
    """What a language says of different numbers is one unit again."""
    forms: dict[str, dict[int, Unit]] = {}
    for unit in units:
        form = _FORM.fullmatch(unit.id)
        if form is None:
            yield unit
        elif int(form["form"]) in (known := forms.setdefault(form["id"], {})):
            raise Unreadable(_("One text stands in this file twice: {id}.", id=printable(unit.id)))
        else:
            known[int(form["form"])] = unit
    for name, by_form in forms.items():
        yield _of_forms(name, by_form)


def _of_forms(name: str, by_form: Mapping[int, Unit]) -> Unit:
    first = next(iter(by_form.values()))
    targets = [by_form[form].target if form in by_form else "" for form in range(max(by_form) + 1)]
    states = [unit.state for unit in by_form.values()]
    least = next(state for state in RenditionState if state in states)
    return Unit(name, first.source, targets[0], state=least, others=tuple(targets[1:]))
