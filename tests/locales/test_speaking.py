"""Which language is spoken, and how names and days are said in it."""

from datetime import date

import pytest

from locales import _, in_words, languages, name_of, nearest, ngettext, own_name, speak, speaking, spoken


def test_english_is_spoken_when_nobody_says_otherwise() -> None:
    assert spoken() == "en"
    assert _("Nothing was erased.") == "Nothing was erased."


def test_a_language_lasts_as_long_as_it_is_spoken() -> None:
    with speaking("fr"):
        with speaking("ar"):
            speak("es")
            assert spoken() == "es"
        assert spoken() == "fr"
    assert spoken() == "en"


def test_a_language_without_a_catalog_is_spoken_in_english() -> None:
    with speaking("so"):
        assert _("Nothing was erased.") == "Nothing was erased."


def test_placeholders_are_filled_by_name() -> None:
    assert _("Please answer by {day}.", day="Monday") == "Please answer by Monday."
    assert ngettext("{number} day", "{number} days", 1) == "1 day"
    assert ngettext("{number} day", "{number} days", 2) == "2 days"


def test_languages_are_called_by_their_own_name_and_by_ours() -> None:
    assert [own_name(code) for code in ("en", "fr", "es", "ar")] == ["English", "français", "español", "العربية"]
    with speaking("fr"):
        assert name_of("ar") == "arabe"
    assert name_of("tlh-not-a-language") == "tlh-not-a-language"


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "fa", "so", "prs"])
def test_a_day_is_said_in_western_digits(language: str) -> None:
    with speaking(language):
        day = in_words(date(2026, 5, 1))
    assert "2026" in day
    assert all(character.isascii() for character in day if character.isdigit())


def test_a_day_names_its_month() -> None:
    with speaking("ar"):
        assert in_words(date(2026, 5, 1)) == "1 مايو 2026"


def test_the_nearest_language_is_one_that_we_have() -> None:
    assert nearest("en-GB") == "en"
    assert nearest("xx") is None
    assert set(languages()) >= {"en", "fr", "es", "ar"}


def test_the_first_of_a_month_is_written_as_the_french_do() -> None:
    with speaking("fr"):
        assert in_words(date(2026, 5, 1)) == "1er mai 2026"
        assert in_words(date(2026, 5, 11)) == "11 mai 2026"
