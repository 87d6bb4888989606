"""What people read, in their language: one .po file a language; English is the text in the code."""

import tomllib
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import Translations

FOLDER = Path(__file__).parent
STAFF = FOLDER / "staff"
"""What only staff read, in the same languages."""
ENGLISH = "en"
MONEY = "#,##0\N{NO-BREAK SPACE}\N{CURRENCY SIGN}\N{CURRENCY SIGN}"
MOST_SAID, MOST_EXAMPLES = 103, 3
"""Up to the first all plurals of a language are used; of the numbers of each so many show it."""

Corrections = Mapping[str, Mapping[tuple[str, int], str]]
"""What a deployment says in place of our catalogs: by language, each by the English and the number of the plural."""

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)
_corrections: dict[str, Mapping[tuple[str, int], str]] = {}
_forget: list[Callable[[], None]] = []
"""What is remembered of texts no longer than until they are corrected."""


class Remembers(Protocol):
    """A function of `cache` or `lru_cache`."""

    def cache_clear(self) -> None: ...


Remembering = TypeVar("Remembering", bound=Remembers)


def until_corrected(function: Remembering) -> Remembering:
    """What this function remembers follows from texts: it is forgotten when one is corrected."""
    _forget.append(function.cache_clear)
    return function


def correct(corrections: Corrections) -> None:
    """From now on these are said, and no others that were before; what the code does not say is left alone."""
    if corrections == _corrections:
        return
    _corrections.clear()
    _corrections.update({language: dict(texts) for language, texts in corrections.items() if texts})
    for forget in _forget:
        forget()


@cache
def languages() -> tuple[str, ...]:
    """The languages that are complete enough to talk in: English and one for each .po file, by code."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def heard() -> tuple[Mapping[str, Mapping[str, Any]], ...]:
    """What people write in plain words, of each language; `locales/heard/README.md` says what stands where."""
    files = (FOLDER / "heard" / f"{language}.toml" for language in languages())
    return tuple(tomllib.loads(file.read_text()) for file in files if file.exists())


@until_corrected
@cache
def wording() -> object:
    """The same as long as every text says what it says now: what was made with other words is to be made anew."""
    return object()


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


def to_staff(text: str, **values: object) -> str:
    """The same in a room that speaks to people, for what only staff read: the catalogs of staff have it."""
    return _(text, **values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The right plural for `number`, which also fills the placeholder {number}."""
    return catalog(_spoken.get()).ngettext(singular, plural, number).format(number=number, **values)


@until_corrected
@lru_cache(maxsize=8192)
def _translated(language: str, text: str) -> str:
    return catalog(language).gettext(text)


def uncorrected(text: str) -> str:
    """The text in the language being spoken as our own catalog has it."""
    return _ours(_spoken.get()).gettext(text)


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


def in_figures(number: int) -> str:
    """A whole number in the language being spoken, its digits Western: "12,000", "12.000"."""
    return format_decimal(number, locale=_locale(_spoken.get()))


def money(amount: int, currency: str) -> str:
    """Whole units of a currency, which is called by its letters of ISO 4217: a sign can be that of many."""
    return format_currency(amount, currency, MONEY, locale=_locale(_spoken.get()), currency_digits=False)


def nearest(tag: str) -> str | None:
    """The language we have that a BCP 47 tag asks for ("pt-br" -> "pt"), or None."""
    code = tag.replace("_", "-").split("-")[0].lower()
    return code if code in languages() else None


@until_corrected
@cache
def catalog(language: str) -> NullTranslations:
    """The compiled catalogs of one language; English, and a language we do not have, say the text in the code."""
    corrections = _corrections.get(language)
    if not corrections or not entries(language):
        return _ours(language)
    corrected = _compiled(_corrected(language, corrections))
    corrected.add_fallback(_ours(language))
    return corrected


@cache
def _ours(language: str) -> NullTranslations:
    found = (*entries(language), *entries(language, STAFF))
    if not found:
        return NullTranslations()
    ours = Catalog(locale=language)
    for entry in found:
        ours.add(entry.id, entry.string)
    return _compiled(ours)


@cache
def entries(language: str, folder: Path = FOLDER) -> tuple[Message, ...]:
    """What the catalog of a language holds, of people or of staff; nothing in English, where the code says it."""
    path = folder / f"{language}.po"
    if language not in languages() or not path.exists():
        return ()
    with path.open("rb") as source:
        return tuple(entry for entry in read_po(source, locale=language) if entry.id)


def _english(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _corrected(language: str, corrections: Mapping[tuple[str, int], str]) -> Catalog:
    """Only what is corrected, each with all its plurals."""
    corrected, texts = Catalog(locale=language), {text for text, _form in corrections}
    for entry in (its for its in (*entries(language, STAFF), *entries(language)) if _english(its) in texts):
        ours = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        forms = tuple(corrections.get((_english(entry), form), its) for form, its in enumerate(ours))
        corrected.add(entry.id, forms if entry.pluralizable else forms[0])
    return corrected


def _compiled(catalog: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


@cache
def numbers(language: str) -> tuple[tuple[int, ...], ...]:
    """For each plural of a language some numbers that it is said with: (1,) for one, (0, 2, 3) for others."""
    catalog = Catalog(locale=language)
    catalog.add(("one", "many"), tuple(map(str, range(catalog.num_plurals))))
    compiled = _compiled(catalog)
    by_form: dict[int, list[int]] = {form: [] for form in range(catalog.num_plurals)}
    for number in range(MOST_SAID):
        by_form[int(compiled.ngettext("one", "many", number))].append(number)
    return tuple(tuple(its[:MOST_EXAMPLES]) for its in by_form.values())


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
