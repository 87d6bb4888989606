"""What people read, in their language: one .po file a language; English is the text in the code."""

import tomllib
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent
STAFF = FOLDER / "staff"
"""What only staff read, in the same languages."""
ENGLISH = "en"

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """The languages that are complete enough to talk in: English and one for each .po file, by code."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def heard() -> tuple[Mapping[str, Mapping[str, Any]], ...]:
    """What people write in plain words, of each language; `locales/heard/README.md` says what stands where."""
    files = (FOLDER / "heard" / f"{language}.toml" for language in languages())
    return tuple(tomllib.loads(file.read_text()) for file in files if file.exists())


def speaking(language: str) -> "Speaking":
    """Everything that `_` gives inside is in this language. A language without a catalog is spoken in English."""
    return Speaking(language)


@dataclass(slots=True)
class Speaking:
    """What `speaking` gives. By hand: each turn enters several, and a generator takes three times as long."""

    language: str
    before: Token[str] = field(init=False)

    def __enter__(self) -> None:
        self.before = _spoken.set(self.language)

    def __exit__(self, *_error: object) -> None:
        _spoken.reset(self.before)


def speak(language: str) -> None:
    """Go on in another language, until the `speaking` around it ends."""
    _spoken.set(language)


def spoken() -> str:
    """The language being spoken now."""
    return _spoken.get()


def _(text: str, **values: object) -> str:
    """The text in the language being spoken, its named placeholders filled."""
    translated = _translated(_spoken.get(), text)
    return translated.format(**values) if values else translated


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The right plural for `number`, which also fills the placeholder {number}."""
    return catalog(_spoken.get()).ngettext(singular, plural, number).format(number=number, **values)


@lru_cache(maxsize=8192)
def _translated(language: str, text: str) -> str:
    return catalog(language).gettext(text)


def N_(text: str) -> str:  # noqa: N802  gettext's own name
    """Mark a text for the catalogs; `_` translates it later."""
    return text


def own_name(language: str) -> str:
    """What its speakers call a language: "français", "العربية"."""
    return _name(language, language)


def name_of(language: str) -> str:
    """What a language is called in the language being spoken."""
    return _name(language, _spoken.get())


def in_words(day: date) -> str:
    """A day in the language being spoken, its digits Western: "1 de mayo de 2026", "1 مايو 2026"."""
    written = format_date(day, "long", locale=_locale(_spoken.get()))
    return written.replace("1", "1er", 1) if _spoken.get() == "fr" and day.day == 1 else written


def nearest(tag: str) -> str | None:
    """The language we have that a BCP 47 tag asks for ("pt-br" -> "pt"), or None."""
    code = tag.replace("_", "-").split("-")[0].lower()
    return code if code in languages() else None


@cache
def catalog(language: str) -> NullTranslations:
    """The compiled catalogs of one language; English, and a language we do not have, say the text in the code."""
    paths = [path for path in (STAFF / f"{language}.po", FOLDER / f"{language}.po") if path.exists()]
    if language not in languages() or not paths:
        return NullTranslations()
    staffs, *peoples = [_compiled(path) for path in paths]
    for peoples_own in peoples:
        staffs.merge(peoples_own)
    return staffs


def _compiled(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=path.stem))
    compiled.seek(0)
    return Translations(compiled)


@cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Every text that there is in a language, as its catalog holds it; of English what all the others translate."""
    path = FOLDER / f"{language}.po"
    source = path if path.exists() else next(FOLDER.glob("*.po"), path)
    if not source.exists():
        return ()
    with source.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    texts = (entry.string if source is path else entry.id for entry in entries)
    return tuple(part for text in texts for part in ((text,) if isinstance(text, str) else text or ()))


def _name(language: str, reader: str) -> str:
    name: str = _locale(reader).languages.get(language, language)
    return name


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale(ENGLISH)
