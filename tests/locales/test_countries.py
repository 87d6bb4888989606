"""Which language is likely at a number."""

import pytest
from babel.core import get_global

from locales import countries
from locales.countries import COUNTRY_CODES, likely

ALL = ("en", "fr", "es", "ar")


@pytest.mark.parametrize(
    ("number", "language"),
    [
        ("+12025550123", "en"),
        ("+18095550123", "es"),
        ("+447700900123", "en"),
        ("+221330000001", "fr"),
        ("+963110000001", "ar"),
        ("+525500000001", "es"),
    ],
)
def test_it_is_what_most_people_speak_there(number: str, language: str) -> None:
    assert likely(number, ALL) == language


def test_it_is_one_of_those_that_are_offered() -> None:
    assert likely("+212500000001", ("en", "fr")) == "fr"
    assert likely("+212500000001", ("es",)) is None


@pytest.mark.parametrize("number", ["70001", "US.1234", "", "+1", "+999000000001", "+12025550123x"])
def test_what_is_no_number_says_nothing(number: str) -> None:
    assert likely(number, ALL) is None


def test_every_country_of_the_table_is_one_whose_languages_are_known() -> None:
    codes = [pair.partition(":")[0] for pair in COUNTRY_CODES.split()]
    assert len(set(codes)) == len(codes)
    assert all(code.isdecimal() and len(code) <= 4 for code in codes)
    known = get_global("territory_languages")
    assert {territory for territory in countries._codes().values() if territory not in known} == set()
