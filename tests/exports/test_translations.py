"""What leaves for translators comes back the same, and a file that somebody made up is refused or is only text."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import po, xliff
from exports.units import LARGEST, Sheet, Unit, Unreadable
from locales import numbers
from storage.states import RenditionState

FORMATS = {"po": po, "xliff": xliff}
every_format = pytest.mark.parametrize("name", FORMATS)

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn"), include_characters="\n\t"), max_size=40
)
STATES = st.sampled_from((RenditionState.NEEDS_EDITING, RenditionState.TRANSLATED))
"""What both formats can say."""


@st.composite
def units(draw: st.DrawFn, language: str) -> Unit:
    name = draw(st.text("abcdef0123456789-_.:/#", min_size=1, max_size=30))
    source, note, context = draw(TEXTS), draw(TEXTS), draw(TEXTS)
    if draw(st.booleans()):
        forms = draw(st.lists(TEXTS.filter(bool), min_size=len(numbers(language)), max_size=len(numbers(language))))
        plural = draw(TEXTS.filter(bool))
        return Unit(name, source, forms[0], note, draw(STATES), context, plural, tuple(forms[1:]))
    target = draw(TEXTS)
    return Unit(name, source, target, note, draw(STATES) if target else RenditionState.EMPTY, context)


def known(unit: Unit) -> Unit:
    """What has to come back of it: XLIFF does not tell a plural from what is said of one."""
    return replace(unit, note="", context="", source="", plural="")


@every_format
@pytest.mark.parametrize("language", ["fr", "ar"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_leaves_comes_back(name: str, language: str, data: st.DataObject) -> None:
    made = data.draw(st.lists(units(language), max_size=4, unique_by=lambda unit: unit.id))
    sheet = Sheet("harbour", "en", language, tuple(made))
    read = FORMATS[name].read(FORMATS[name].write(sheet), sheet)
    assert (read.subject, read.source, read.target) == ("harbour", "en", language)
    assert sorted(map(known, read.units), key=lambda unit: unit.id) == sorted(
        map(known, made), key=lambda unit: unit.id
    )
    sources = {unit.id: unit.source for unit in made if not unit.plural}
    assert {unit.id: unit.source for unit in read.units if unit.id in sources} == sources


WRITTEN = (
    "مرحبًا بكم في \u2068{title}\u2069.\nأرسلوا STOP.",
    "\u200fالسلام\u200e",
    "<b>&amp; \"quoted\" 'too' \\n %s {name}</b>",
    "]]> <!-- --> <?x?>",
    'msgid "x"\nmsgstr "y"',
    "#, fuzzy",
    " around \t",
    "e\u0301 👩‍👩‍👧 𐍈",
)


@every_format
@pytest.mark.parametrize("text", WRITTEN)
def test_whatever_can_be_sent_comes_back_to_the_letter(name: str, text: str) -> None:
    sheet = Sheet("harbour", "en", "ar", (Unit("a", text, text, text, RenditionState.TRANSLATED, text),))
    [unit] = FORMATS[name].read(FORMATS[name].write(sheet), sheet).units
    assert (unit.id, unit.source, unit.target) == ("a", text, text)


@every_format
def test_what_cannot_be_sent_does_not_break_the_file(name: str) -> None:
    hostile = "a\x00b\x1bc\ud800d\u2028e\x85f\ufffe"
    sheet = Sheet("harbour", "en", "fr", (Unit("a", hostile, hostile, hostile, RenditionState.TRANSLATED, hostile),))
    [unit] = FORMATS[name].read(FORMATS[name].write(sheet), sheet).units
    assert unit.target.startswith("a")


def test_what_was_approved_is_approved_in_xliff_and_translated_in_po() -> None:
    sheet = Sheet("harbour", "en", "fr", (Unit("a", "Yes", "Oui", state=RenditionState.APPROVED),))
    assert xliff.read(xliff.write(sheet), sheet).units[0].state is RenditionState.APPROVED
    assert po.read(po.write(sheet), sheet).units[0].state is RenditionState.TRANSLATED


SHEET = Sheet("harbour", "en", "fr", (Unit("a", "Yes", "Oui", state=RenditionState.TRANSLATED),))


@every_format
@pytest.mark.parametrize(
    "other", [replace(SHEET, subject="hills"), replace(SHEET, source="es"), replace(SHEET, target="ar")]
)
def test_a_file_of_something_else_is_refused(name: str, other: Sheet) -> None:
    with pytest.raises(Unreadable):
        FORMATS[name].read(FORMATS[name].write(other), SHEET)


@every_format
def test_a_language_may_be_written_as_programs_write_it(name: str) -> None:
    file = FORMATS[name].write(SHEET).replace(b'"Language: fr\\n"', b'"Language: fr_FR\\n"')
    file = file.replace(b'target-language="fr"', b'target-language="fr-FR"')
    assert FORMATS[name].read(file, SHEET).units == FORMATS[name].read(FORMATS[name].write(SHEET), SHEET).units


@every_format
def test_a_text_that_stands_there_twice_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        FORMATS[name].read(FORMATS[name].write(replace(SHEET, units=SHEET.units * 2)), SHEET)


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "too large": lambda file: file + b" " * LARGEST,
    "empty": lambda _file: b"",
    "of another encoding": lambda file: file.decode().encode("utf-16"),
    "of a broken encoding": lambda file: file + b"\xff\xfe\xff",
    "the name of a file": lambda _file: __file__.encode(),
    "cut": lambda file: file[: len(file) * 2 // 3],
    "a page": lambda _file: b"<html><body>Please sign in</body></html>",
    "controls": lambda file: file.replace(b"Oui", b"O\x00ui"),
    "more controls": lambda file: file.replace(b"Oui", b"O\x1bui"),
    "laughs": lambda file: declaring(f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>', file, "&e9;"),
    "a file of ours": lambda file: declaring('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', file, "&e;"),
    "a page of ours": lambda file: declaring('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">', file, "x"),
    "an entity that is not there": lambda file: file.replace(b"Oui", b"&e;").replace(b"msgid", b"msgif"),
    "depths": lambda _file: b"<a>" * 600_000,
    "quotes": lambda _file: b'msgid "a"b"\n' * 3,
    "a plural of nothing": lambda _file: b'msgid "a"\nmsgid_plural "b"\nmsgstr[x] "c"\n',
}


def declaring(declaration: str, file: bytes, target: str) -> bytes:
    opening, rest = file.decode().split("\n", 1)
    return f"{opening}\n{declaration}\n{rest}".replace("Oui", target).encode()


@every_format
@pytest.mark.parametrize("how", HOSTILE)
def test_what_somebody_made_up_is_refused(name: str, how: str) -> None:
    with pytest.raises(Unreadable) as refused:
        FORMATS[name].read(HOSTILE[how](FORMATS[name].write(SHEET)), SHEET)
    assert 10 < len(str(refused.value)) < 200


@every_format
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_file_is_read_otherwise_than_as_text_or_refused(name: str, data: st.DataObject) -> None:
    file = bytearray(FORMATS[name].write(SHEET))
    for _time in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(file)))
        file[place : place + data.draw(st.integers(0, 9))] = data.draw(
            st.sampled_from(
                (b'"', b"\\", b"msgid ", b"msgstr[9] ", b"#~ ", b"#| ", b"\n", b"<", b"&#0;", b"\xd8", b"]")
            )
        )
    try:
        read = FORMATS[name].read(bytes(file), SHEET)
    except Unreadable:
        return
    assert (read.subject, read.target) == ("harbour", "fr")


def test_what_a_program_calls_approved_when_it_is_saved_is_translated() -> None:
    file = xliff.write(SHEET).replace(b"<trans-unit ", b'<trans-unit approved="yes" ')
    assert xliff.read(file, SHEET).units[0].state is RenditionState.TRANSLATED


def test_a_suggestion_is_no_translation() -> None:
    suggested = b"<alt-trans><source>Yes</source><target>Ouais</target></alt-trans><note>x</note></trans-unit>"
    file = xliff.write(SHEET).replace(b"</trans-unit>", suggested)
    assert xliff.read(file, SHEET).units[0].target == "Oui"


def test_the_marks_of_a_program_inside_a_translation_are_left_out() -> None:
    file = xliff.write(SHEET).replace(b">Oui<", b'><mrk mtype="seg" mid="0">Ou</mrk><mrk mtype="seg" mid="1">i</mrk><')
    assert xliff.read(file, SHEET).units[0].target == "Oui"


def test_the_translators_program_sees_which_numbers_a_plural_is_said_with() -> None:
    unit = Unit("a", "{number} day", plural="{number} days")
    file = xliff.write(Sheet("harbour", "en", "ar", (unit,))).decode()
    assert file.count("<source>{number} day</source>") == 1
    assert "<note>3, 4, 5</note>" in file
