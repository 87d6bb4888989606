"""How what staff are told names languages, days and what was written: in English as their files do, else in words."""

from collections.abc import Iterable
from datetime import date, datetime

from locales import ENGLISH, in_words, name_of, spoken, to_staff


def language(code: str) -> str:
    """In English its code: so files name it, and the command line speaks English."""
    return code if spoken() == ENGLISH else name_of(code)


def languages(codes: Iterable[str]) -> str:
    return listed(map(language, codes))


def day(date_: date) -> str:
    """In English as it stands in a file."""
    return date_.isoformat() if spoken() == ENGLISH else in_words(date_)


def moment(at: datetime) -> str:
    """A day and a time of day, in UTC, as days are named."""
    return f"{at:%Y-%m-%d %H:%M}" if spoken() == ENGLISH else f"{in_words(at.date())}, {at:%H:%M}"


def listed(names: Iterable[str]) -> str:
    """One after the other, as the language being spoken sets them apart."""
    return to_staff(", ").join(names)


def part(what: str, name: str) -> str:
    """One of several things in a field: "questions: transport"."""
    return to_staff("{what}: {part}", what=what, part=name)
