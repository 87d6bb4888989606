"""Putting a public page together: its template, and what templates may use."""

import re
from datetime import date
from pathlib import Path
from typing import TypeVar

from babel import Locale
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

import locales
from flows import RESULTS, STATES, Renditions
from handlers.shown import on_phones
from locales import in_words, own_name, spoken
from public._frame import assets
from public._frame.copies import ATOM, HTML, Copy, copied
from public._frame.visits import Visit
from storage.states import ResponseState, ResultState

T = TypeVar("T")
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
BEGIN, AUTO, END = Markup('<bdi lang="'), Markup('" dir="auto">'), Markup("</bdi>")
"""Put together, where formatting takes four times as long: a page has very many of them."""
SMALL = Markup(' <small lang="{}">({})</small>')
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def page(visit: Visit, template: str, /, **shown: object) -> Copy:
    html = ENVIRONMENT.get_template(template).render(visit=visit, language=spoken(), **shown)
    return copied(HTML, html.encode())


def feed(visit: Visit, template: str, /, **shown: object) -> Copy:
    """The same as XML, without the signs that may not stand there."""
    xml = ENVIRONMENT.get_template(template).render(visit=visit, language=spoken(), **shown)
    return copied(ATOM, NOT_IN_XML.sub("\ufffd", xml).encode())


def nothing() -> Copy:
    """The page that says that there is nothing, in the language being spoken."""
    html = ENVIRONMENT.get_template("nothing.html").render(language=spoken())
    return copied(HTML, html.encode())


def shown(value: T) -> T | str:
    """A text as every page shows it: no sign in it can hide, and marks of direction reach no further than it."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return on_phones(value)


def _text(text: str, **values: object) -> Markup:
    """A text of ours in the language being spoken; what it is filled with stays text, or the markup that it is."""
    ours = escape(locales._(text))
    return ours.format(**{name: shown(value) for name, value in values.items()}) if values else ours


def _ntext(singular: str, plural: str, count: int) -> Markup:
    """The right plural, with the number as it is written in the language being spoken."""
    return escape(locales.catalog(spoken()).ngettext(singular, plural, count)).format(number=number(count))


@pass_context
def words(context: Context, text: Renditions) -> Markup:
    """What organizers wrote, for this reader; where it is in another language, that is said."""
    found = context["visit"].rendition(text)
    its: Markup = BEGIN + found.language + AUTO + shown(found.text) + END
    return its if found.language == spoken() else its + SMALL.format(found.language, own_name(found.language))


def number(value: int) -> str:
    return format_decimal(value, locale=Locale.parse(spoken()))


def percent(millionths: int) -> str:
    """With one decimal at most."""
    return format_percent(round(millionths / 1_000_000, 3), locale=Locale.parse(spoken()), decimal_quantization=False)


def day(at: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), in_words(at))


def stated(state: ResponseState | ResultState) -> str:
    """What has become of it, as an English sentence that is marked for the catalogs."""
    return STATES[state] if isinstance(state, ResponseState) else RESULTS[state]


def direction(language: str) -> str:
    """ltr or rtl."""
    return Locale.parse(language).text_direction


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=shown,
)
ENVIRONMENT.globals.update(_=_text, ngettext=_ntext, asset=assets.address, own_name=own_name)
ENVIRONMENT.filters.update(
    words=words, number=number, percent=percent, money=locales.money, day=day, direction=direction, stated=stated
)
