"""Short texts of people who write as people do: the right language is named, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import languages
from locales.recognising import Recognised, recognised

TEXTS = {
    "en": (
        "More buses",
        "The clinic has no interpreter.",
        "My children wait two years for a place at school.",
        "We pay too much to send money home",
        "Police took my papers and never gave them back. Please make a place where we can complain without fear.",
        "no visa for my wife",
        "Lower fees for residence permits",
    ),
    "fr": (
        "Plus de bus",
        "Il n’y a pas d’interprète à la clinique.",
        "Mes enfants attendent depuis deux ans une place à l’école.",
        "On paie trop pour envoyer de l’argent chez nous",
        "je veux travailler legalement",
        "le bus du camp s'arrete a six heures et apres personne ne peut aller aux cours du soir",
        "Baisser les frais du titre de séjour",
    ),
    "es": (
        "Más autobuses",
        "No hay intérprete en la clínica.",
        "Mis hijos esperan desde hace dos años una plaza en la escuela.",
        "sin visa para mi esposa",
        "quiero trabajar legalmente",
        "el bus del campamento para a las seis y luego nadie puede ir a las clases de la noche",
        "Bajar las tasas del permiso de residencia",
    ),
    "ar": (
        "المزيد من الحافلات",
        "لا يوجد مترجم في العيادة.",
        "ينتظر أطفالي منذ سنتين مكانا في المدرسة.",
        "أخذت الشرطة أوراقي. نحتاج إلى مكان نشتكي فيه دون خوف.",
        "أريد أن أعمل بشكل قانوني",
        "لا تأشيرة لزوجتي",
        "خفض رسوم تصريح الإقامة",
    ),
}
OTHERS = {
    "am": "ውሃ የለም በካምፑ ውስጥ",
    "ti": "ትርጉም የለን ኣብ ሆስፒታል",
    "ps": "په روغتون کې ژباړونکی نشته",
    "fa": "در درمانگاه مترجم نیست",
    "sw": "Hakuna mkalimani hospitalini na watoto wetu hawana shule karibu na kambi",
}
UNCERTAIN = (
    "ok",
    "si",
    "1",
    "😀😀😀",
    "salam khoya bghit nkhdem b lwra9",
    "STOP",
    "https://example.org/x",
    "a" * 5000,
    "",
)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("expected", TEXTS)
def test_no_wrong_language_is_named_and_most_are_named(language: str, expected: str) -> None:
    found = [recognised(text, expected) for text in TEXTS[language]]
    named = [its.language for its in found if its is not None]
    assert set(named) == {language}
    assert len(named) >= len(found) - 3


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("expected", languages())
def test_languages_of_which_we_have_no_catalog_are_named_too(language: str, expected: str) -> None:
    its = recognised(OTHERS[language], expected)
    assert its is not None
    assert its.language == language
    assert 85 <= its.percent <= 100


@pytest.mark.parametrize("text", UNCERTAIN)
@pytest.mark.parametrize("expected", languages())
def test_of_what_nobody_can_tell_nothing_is_said(text: str, expected: str) -> None:
    assert recognised(text, expected) is None


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(languages()))
def test_no_sign_stops_it(text: str, expected: str) -> None:
    assert isinstance(recognised(text, expected), Recognised | None)
