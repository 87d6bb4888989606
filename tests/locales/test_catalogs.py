"""What every .po file keeps."""

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from channels._text.plain import plain
from channels._text.segments import is_gsm
from channels.sms import READ_WITHOUT_ACCENTS
from locales import ENGLISH, FOLDER, STAFF, _, in_words, languages, own_name, speaking
from locales.catalogs import COLLEAGUES, PEOPLE, extracted, missing, updated, written

CODE = {readers.folder: extracted(FOLDER.parent, readers) for readers in (PEOPLE, COLLEAGUES)}
NOT_FRENCH = re.compile(r"'|(?<!\u202f)[?!;]|(?<!\u00a0)[:»]|«(?!\u00a0)")
UCS_2 = 70
"""The units that a text message holds where a single character is none of GSM-7."""
CATALOGS = sorted(path for folder in CODE for path in folder.glob("*.po"))
in_every_language = pytest.mark.parametrize("path", CATALOGS, ids=lambda path: str(path.relative_to(FOLDER)))


def catalog(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def messages(path: Path) -> list[Message]:
    return [message for message in catalog(path) if message.id]


def texts(message: Message) -> list[tuple[str, str]]:
    """Each translation beside the English that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string or ""))]
    return [(message.id[1], plural) for plural in plurals(message)]


def plurals(message: Message) -> tuple[str, ...]:
    return tuple(message.string or ()) if message.pluralizable else ()


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _format, _conversion in Formatter().parse(text) if name is not None}


@in_every_language
def test_every_text_is_translated(path: Path) -> None:
    assert [message.id for message in missing(catalog(path))] == []


@in_every_language
def test_it_holds_the_texts_of_the_code_and_no_others(path: Path) -> None:
    assert {message.id for message in messages(path)} == {message.id for message in CODE[path.parent] if message.id}


@in_every_language
def test_it_is_written_as_the_program_writes_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == written(updated(path, CODE[path.parent])), "run: python -m locales"


@in_every_language
def test_nothing_in_it_is_a_guess(path: Path) -> None:
    assert [message.id for message in messages(path) if message.fuzzy] == []


@in_every_language
def test_placeholders_are_the_same(path: Path) -> None:
    for message in messages(path):
        for english, translation in texts(message):
            missed = placeholders(english) ^ placeholders(translation) if translation else set()
            # "one question" needs no numeral in a language with a word for it
            assert missed <= ({"number"} if message.pluralizable else set()), translation


@in_every_language
def test_the_plural_for_many_says_the_number(path: Path) -> None:
    for forms in (plurals(message) for message in messages(path)):
        assert not any(forms) or "number" in placeholders(forms[-1])


@in_every_language
def test_it_has_the_plurals_of_its_language(path: Path) -> None:
    expected = get_plural(path.stem)
    assert expected.plural_forms in path.read_text(encoding="utf-8")
    assert {len(plurals(message)) for message in messages(path) if message.pluralizable} <= {expected.num_plurals}


@in_every_language
def test_it_says_which_language_it_is(path: Path) -> None:
    assert str(catalog(path).locale) == path.stem


@in_every_language
def test_a_text_begins_and_ends_as_the_english_does(path: Path) -> None:
    for message in messages(path):
        for english, translation in texts(message):
            assert translation == translation.strip() or english != english.strip()
            assert translation.count("\n") == english.count("\n") or not translation


def test_french_is_set_as_french_is() -> None:
    """A no-break space before a colon and inside quotation marks, a narrow one before ? ! and ;, and one apostrophe."""
    french = [text for folder in CODE for message in messages(folder / "fr.po") for _english, text in texts(message)]
    assert [text for text in french if NOT_FRENCH.search(text)] == []


def test_a_language_is_spoken_when_its_file_is_there() -> None:
    for folder in CODE:
        assert set(languages()) == {ENGLISH, *(path.stem for path in folder.glob("*.po"))}


def test_what_people_and_staff_read_is_translated_alike() -> None:
    """One text has one translation: it is said from one catalog."""
    for people in FOLDER.glob("*.po"):
        theirs = {message.id: message.string for message in messages(people)}
        both = [message for message in messages(STAFF / people.name) if message.id in theirs]
        assert [message.id for message in both if message.string != theirs[message.id]] == []


@pytest.mark.parametrize("language", sorted(READ_WITHOUT_ACCENTS & set(languages())))
def test_no_character_of_ours_halves_what_a_text_message_holds(language: str) -> None:
    """In other languages the letters themselves do, and no plainer ones are read as easily."""
    with speaking(language):
        sentences = [
            *(in_words(date(2026, month, 1)) for month in range(1, 13)),
            *(own_name(code) for code in ("fr", "es")),
        ]
        sentences += [_(text) for message in CODE[FOLDER] if message.id for text in said_in_code(message)]
    assert [text for text in sentences if not is_gsm(plain(_dear(text), without_accents=True))] == []


def _dear(text: str) -> str:
    """Said so often that leaving accents out saves a segment."""
    return text * (UCS_2 // len(text) + 1)


def test_english_is_plain_enough_for_a_text_message() -> None:
    english = [text for message in CODE[FOLDER] if message.id for text in said_in_code(message)]
    assert [text for text in english if not text.isascii()] == []


def said_in_code(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)
