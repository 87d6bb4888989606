"""Which text a person gets when theirs is missing, and how they are told."""

import pytest
from msgspec import structs

from channels.messages import Choice
from flows import Option, Rendition, advance, flows, rendition, with_notice
from flows._texts.renditions import choices, named, written
from locales import languages, name_of, speaking
from tests.flows.example import facts

ORDER = ("fr", "en")
TEXT = {"en": "The meeting is in May.", "fr": "La réunion est en mai.", "so": "Shirku waa Maajo."}


def test_a_person_reads_their_own_language_first() -> None:
    assert rendition(TEXT, "en", ORDER) == Rendition(TEXT["en"], "en")


def test_a_missing_text_falls_back_in_the_order_of_the_process() -> None:
    assert rendition(TEXT, "es", ORDER) == Rendition(TEXT["fr"], "fr")


def test_outside_the_order_any_text_is_better_than_none() -> None:
    assert rendition({"so": "Shirku waa Maajo."}, "es", ORDER) == Rendition("Shirku waa Maajo.", "so")


def test_an_empty_rendition_is_a_missing_one() -> None:
    assert rendition({"es": "", "en": "Yes"}, "es", ORDER).language == "en"
    assert rendition({}, "es", ORDER) == Rendition("", "es")


def test_a_text_in_ones_own_language_comes_without_a_notice() -> None:
    assert with_notice(Rendition("La réunion", "fr"), "fr") == "La réunion"


def test_a_text_in_another_language_is_announced_and_the_language_named() -> None:
    text = with_notice(Rendition("La réunion", "fr"), "en")
    assert text == "We do not have this in your language yet. It is in French.\nLa réunion"


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_the_notice_is_in_the_language_of_the_reader(language: str) -> None:
    notice, text = with_notice(Rendition("The meeting", "en"), language).split("\n")
    assert name_in(language) in notice
    assert "We do not have this" not in notice
    assert text == "The meeting"


def name_in(reader: str) -> str:
    with speaking(reader):
        return name_of("en")


def test_a_reader_whose_language_we_cannot_speak_is_told_in_english() -> None:
    assert with_notice(Rendition("La réunion", "fr"), "prs").startswith("We do not have this")


def test_choices_in_another_language_are_announced_with_their_question() -> None:
    offered = (Option("a", {"fr": "Oui"}),)
    known = facts("en")
    with speaking("en"):
        assert choices(known, offered) == (Choice("a", "Oui"),)
        text = written(known, {"en": "Well?"}, (option.label for option in offered))
    assert text == "We do not have this in your language yet. It is in French.\nWell?"


def test_a_name_stands_in_a_sentence_without_a_notice() -> None:
    with speaking("fr"):
        assert named(facts("fr"), {"en": "Harbour Migration Forum"}) == "Harbour Migration Forum"


def test_a_bulletin_that_is_missing_in_ones_language_is_announced() -> None:
    known = structs.replace(facts("en"), bulletin={"ar": "الاجتماع في مايو."})
    (text,) = advance(flows()["news"].talk, known, ()).texts
    assert text == "We do not have this in your language yet. It is in Arabic.\nالاجتماع في مايو."
