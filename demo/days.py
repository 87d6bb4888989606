"""Says from which day messages are, as a phone does between them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

import locales
from demo.platforms.chats import Bubble

RECENT = {
    "ar": ("اليوم", "أمس"),
    "en": ("Today", "Yesterday"),
    "es": ("Hoy", "Ayer"),
    "fr": ("Aujourd’hui", "Hier"),
}
"""Today and yesterday. A language that is not here names both by their date."""


def days(bubbles: Iterable[Bubble]) -> Iterator[tuple[date, list[Bubble]]]:
    for day, same_day in groupby(bubbles, lambda bubble: local(bubble.at).date()):
        yield day, list(same_day)


def local(moment: datetime) -> datetime:
    """By this computer's clock, which is also the visitor's: the demo serves nobody else."""
    return moment.astimezone()


def day_name(day: date, today: date, language: str) -> str:
    """Today, yesterday or the date, in the language of a BCP 47 tag."""
    ago, code = today - day, language.partition("-")[0]
    recent = RECENT.get(code, ())
    if timedelta(0) <= ago < timedelta(days=len(recent)):
        return recent[ago.days]
    with locales.speaking(code):
        return locales.in_words(day)
