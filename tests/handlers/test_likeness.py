"""What may say the same is suggested, and what has nothing in common is not."""

import pytest

from handlers import likeness

OTHERS = {
    "same": "Please put interpreters in the clinics",
    "ending": "We need an interpreter at every clinic.",
    "bus": "The bus does not come on Sundays.",
    "fees": "Sending money home costs too much.",
    "arabic": "نحتاج إلى مترجم في كل عيادة",
}


def alike(texts: dict[str, str], others: dict[str, str], most: int) -> list[str]:
    """Where nothing is translated."""
    wordings = [{name: [text] for name, text in its.items()} for its in (texts, others)]
    return list(likeness.alike(wordings[0], wordings[1], most))


def test_what_says_the_same_in_other_words_comes_first() -> None:
    found = alike({"it": "There should be an interpreter in each clinic"}, OTHERS, 10)
    assert set(found[:2]) == {"same", "ending"}
    assert "bus" not in found
    assert "fees" not in found


def test_marks_and_endings_change_nothing_in_arabic_and_french() -> None:
    others = {"arabic": "مُتَرْجِم في العيادة", "french": "DES INTERPRETES A LA CLINIQUE", "far": "Le bus du dimanche"}
    assert alike({"it": "نريد مترجما في العيادة"}, others, 10) == ["arabic"]
    assert alike({"it": "un interprète à la clinique"}, others, 10) == ["french"]


def test_what_was_translated_is_found_across_languages_once() -> None:
    others = {name: [text] for name, text in OTHERS.items()}
    others["arabic"].append("We need an interpreter in each clinic.")
    others["spanish"] = ["Intérpretes en cada clínica", "Interpreters in each clinic", "Des interprètes partout"]
    found = list(likeness.alike({"it": ["There should be an interpreter in each clinic"]}, others, 10))
    assert set(found[:2]) == {"arabic", "spanish"}
    assert len(found) == len(set(found))
    translated = {"it": ["نحتاج إلى مترجم", "There should be an interpreter in each clinic"]}
    assert "same" in likeness.alike(translated, {"same": [OTHERS["same"]]}, 10)
    assert likeness.alike({"it": ["نحتاج إلى مترجم"]}, {"same": [OTHERS["same"]]}, 10) == []


def test_a_text_is_not_like_itself_and_there_are_no_more_than_wanted() -> None:
    assert alike(OTHERS, OTHERS, 10) == []
    assert len(alike({"it": "interpreter clinic"}, {str(place): "interpreter clinic" for place in range(9)}, 4)) == 4


@pytest.mark.parametrize("text", ["", "!?", "\u200f", "😀", "a"])
def test_what_has_no_words_is_like_nothing(text: str) -> None:
    assert alike({"it": text}, OTHERS, 10) == []
    assert alike({"it": "interpreter"}, {"other": text}, 10) == []
