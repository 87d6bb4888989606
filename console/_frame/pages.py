"""Putting a page together: its template, what templates may use, and the headers under which it leaves."""

import re
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel import Locale
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import locales
from console._frame import assets, sections
from handlers.shown import on_phones, visible
from locales import own_name, spoken

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
WITH_SOUND = f"{POLICY}; media-src 'self'"
"""Of the few pages on which voice notes can be played."""
AGAIN = "private, no-cache"
"""Kept by the browser, and asked for again each time."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers post a form from the origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
JUST_NOW = timedelta(seconds=-1)
"""What happens at this moment is not said to be ahead."""
SHORT = 512
"""Bytes that are not worth compressing."""
HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Nearly always there is none of them, and then nothing is to be shown in place of them."""


def response(template: str, values: Mapping[str, Any], status: int = 200) -> web.Response:
    html = ENVIRONMENT.get_template(template).render(values).encode()
    answer = web.Response(body=html, status=status, content_type="text/html", charset="utf-8", headers=HEADERS)
    if len(html) > SHORT:
        answer.enable_compression()
    return answer


def let_be_framed(headers: MutableMapping[str, str]) -> None:
    """By pages of the same site."""
    if "Content-Security-Policy" in headers:
        policy = headers["Content-Security-Policy"]
        headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        headers["X-Frame-Options"] = "SAMEORIGIN"


def shown(value: object) -> object:
    """A value as every page shows it: no sign in it can hide, or turn the others around."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value) if HIDDEN.search(value) else value


def as_written(text: str) -> Markup:
    """A text to go on writing at: with the marks that are in it."""
    return escape(text)


def as_on_phones(text: str) -> Markup:
    """A message as phones show it: with the marks of direction that senders put into it."""
    return escape(on_phones(text))


def _text(text: str, **values: object) -> Markup:
    """A text of ours in the language being spoken; what it is filled with stays text."""
    return escape(locales._(text, **{name: shown(value) for name, value in values.items()}))


def _ntext(singular: str, plural: str, number: int, **values: object) -> Markup:
    filled = {name: shown(value) for name, value in values.items()}
    return escape(locales.ngettext(singular, plural, number, **filled))


def number(value: int) -> str:
    return format_decimal(value, locale=_locale())


def moment(at: datetime, zone: str = "UTC") -> Markup:
    """A day and a time of day by the clock of a zone, which is named: whoever reads it may sit in another one."""
    local = at.astimezone(ZoneInfo(zone))
    words = format_datetime(local, "d MMM y, HH:mm z", locale=_locale())
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="minutes"), words)


def ago(at: datetime, now: datetime) -> Markup:
    """How long before or after now something is, in words."""
    words = format_timedelta(at - now or JUST_NOW, add_direction=True, locale=_locale())
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="minutes"), words)


def direction(language: str) -> str:
    """ltr or rtl."""
    return Locale.parse(language).text_direction


def _locale() -> Locale:
    return Locale.parse(spoken())


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=shown,
)
ENVIRONMENT.globals.update(
    _=_text, ngettext=_ntext, asset=assets.address, direction=direction, sections=sections.of, own_name=own_name
)
ENVIRONMENT.filters.update(
    as_written=as_written,
    as_on_phones=as_on_phones,
    number=number,
    money=locales.money,
    moment=moment,
    ago=ago,
    language=locales.name_of,
    direction=direction,
)
